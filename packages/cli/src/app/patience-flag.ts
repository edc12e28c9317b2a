import { secondsFlag } from "../manifest/flag-forms.js";

/** Seconds that trouble which somebody may mend on the cluster is waited out: nodes take minutes to come. */
export const DEFAULT_PATIENCE = 180;

export const patienceFlag = secondsFlag({
  summary:
    "How long to wait out what only the cluster can mend, such as nodes that are still to come",
  defaultText: "3m",
});
