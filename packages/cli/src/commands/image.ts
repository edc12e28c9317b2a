import { definePipelineCommand } from "../command/command.js";
import { imageFlags } from "../image/image-flags.js";

export const imageCommand = definePipelineCommand({
  name: "image",
  summary: "Make a pipeline's worker image and push it, without Docker",
  description:
    "Puts Node, the boot program, Beam's job server, Hadoop's S3 connector and the pipeline on a Spark image, for each platform, and pushes what the registry lacks. The base's layers are taken over by digest: they pass through here only when they come from another registry.\nLayers are cached: a change of the pipeline's code sends its own small layer alone. The same inputs give the same digest.\nLogins are those of docker login, and AWS's own for ECR, where a missing repository is created.",
  missingOptions: "refused",
  flags: imageFlags,
  examples: [
    {
      line: "beamline image wordcount.ts --input ... --output ... --image ECR/wordcount",
      does: "Push it to ECR, for Intel and Graviton",
    },
    {
      line: "beamline image wordcount.ts ... --image registry/wordcount --dry-run",
      does: "Show what would be pushed",
    },
    {
      line: "beamline image wordcount.ts ... --dockerfile build",
      does: "Write a Dockerfile and its files, for docker buildx",
    },
  ],
  nextSteps: [{ line: "beamline manifest FILE", does: "write the SparkApplication that runs it" }],
  async run({ pipeline, flags, cli, terminal }) {
    const { makeImage } = await import("../image/make-image.js");
    return makeImage(pipeline, flags, cli, terminal);
  },
});
