import { switchFlag, textFlag } from "../command/flag.js";
import { imageFlags } from "../image/image-flags.js";
import { listFlag } from "../manifest/flag-forms.js";
import { manifestFlags } from "../manifest/manifest-flags.js";

/** Flags of `doctor`: those of `manifest`, which say what would be deployed, and its own. */
export const doctorFlags = {
  ...manifestFlags,
  bucket: textFlag({
    placeholder: "NAME",
    summary: "Bucket of the deployment; without it S3 is not looked at",
  }),
  image: textFlag({
    placeholder: "REFERENCE",
    summary:
      "Worker image, or the name of one that deploy is to make; without it none is looked up",
  }),
  base: imageFlags.base,
  platform: imageFlags.platform,
  insecure: imageFlags.insecure,
  cluster: textFlag({
    placeholder: "NAME",
    summary: "EKS cluster, for Pod Identity",
    defaultText: "that which the context names",
  }),
  only: listFlag({ placeholder: "CHECK", summary: "Run this check alone; several add up" }),
  list: switchFlag({ summary: "List the checks and what each proves, and run none" }),
};
