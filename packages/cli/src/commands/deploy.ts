import { definePipelineCommand } from "../command/command.js";
import { deployFlags } from "../deploy/deploy-flags.js";

export const deployCommand = definePipelineCommand({
  name: "deploy",
  summary: "Take a pipeline to Spark on Kubernetes, and stay with it",
  description:
    "Bundles the pipeline, pushes its image, keeps what it was made of in the bucket, applies a SparkApplication, and watches it to its end. It shows what it will do first; --dry-run stops there. What is there already is not sent again: a change of code sends its own small layer.\nNeeds neither Docker nor Java. Ctrl-C while it watches leaves the application running.",
  missingOptions: "refused",
  flags: deployFlags,
  examples: [
    {
      line: "beamline deploy wordcount.ts ... --bucket books --image REGISTRY/wordcount",
      does: "Count words on the cluster of the current context",
    },
    { line: "beamline deploy wordcount.ts ... --env prod --dry-run", does: "See what it would do" },
    {
      line: "beamline deploy wordcount.ts ... --env prod --detach --json",
      does: "From a script, without waiting for its end",
    },
  ],
  nextSteps: [
    { line: "beamline app results NAME", does: "see what it has written" },
    { line: "beamline app logs NAME", does: "read its logs" },
    { line: "beamline app delete NAME", does: "remove it with all its parts" },
  ],
  async run(context) {
    const { deploy } = await import("../deploy/deploy.js");
    return await deploy(context);
  },
});
