import { definePipelineCommand } from "../command/command.js";
import { manifestCommandFlags } from "./manifest-flags.js";

export const manifestCommand = definePipelineCommand({
  name: "manifest",
  summary: "Print a pipeline's Kubernetes objects, as YAML",
  description:
    "Makes a SparkApplication of the pipeline that FILE exports, with the account and rights of its driver: what beamline deploy applies, for those who apply it otherwise (GitOps). It sends nothing to the cluster.\nThe pipeline's own options are in the image, with its code: beamline image takes them.\nThe same inputs give the same text. It is checked against the operator's own schema: that of the cluster, of --crd, or of the cluster seen last.",
  missingOptions: "unused",
  flags: manifestCommandFlags,
  examples: [
    {
      line: "beamline manifest wordcount.ts --bucket books --image REPOSITORY@sha256:...",
      does: "Print it",
    },
    {
      line: "beamline manifest FILE --env prod --set spec.executor.coreRequest=3",
      does: "With the environment prod of beamline.config.ts, and a field changed",
    },
    {
      line: "beamline manifest FILE --env prod --schedule '0 6 * * *' --out job.yaml",
      does: "Have it run every morning, in a file for GitOps",
    },
  ],
  nextSteps: [
    { line: "beamline doctor FILE", does: "see whether the cluster is ready for it" },
    { line: "beamline deploy FILE", does: "do it all in one go, and watch" },
  ],
  async run(context) {
    const { printManifest } = await import("../manifest/print-manifest.js");
    return printManifest(context);
  },
});
