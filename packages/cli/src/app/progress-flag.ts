import { choiceFlag } from "../command/flag.js";

export const progressFlag = choiceFlag({
  choices: ["auto", "plain", "none"],
  summary: "How to show progress: auto is a live view on a terminal, and plain lines elsewhere",
  defaultText: "auto",
});
