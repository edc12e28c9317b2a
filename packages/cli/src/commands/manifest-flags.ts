import { textFlag } from "../command/flag.js";
import { manifestFlags } from "../manifest/manifest-flags.js";

/** Flags of `manifest`, besides those of every command and of the pipeline. */
export const manifestCommandFlags = {
  ...manifestFlags,
  crd: textFlag({
    placeholder: "FILE",
    summary: "The operator's resource definitions to check against, instead of the cluster's",
  }),
  out: textFlag({ placeholder: "FILE", summary: "Write it there", defaultText: "stdout" }),
};
