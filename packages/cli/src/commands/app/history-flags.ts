import { appCommandFlags } from "../../app/app-command-flags.js";
import { switchFlag, textFlag } from "../../command/flag.js";
import { portFlag } from "./ui.js";

export const historyFlags = {
  ...appCommandFlags,
  events: textFlag({
    placeholder: "URL",
    summary: "Folder of event logs, such as s3://bucket/prefix/spark-events",
    defaultText: "that of APP",
  }),
  local: switchFlag({
    summary: "Start a History Server here, also where the cluster has one; --no-local never does",
  }),
  port: { ...portFlag, defaultText: "18080, or a free one" },
};
