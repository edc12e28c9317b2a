import { definePipelineCommand } from "../../command/command.js";
import { jarFlags } from "./jar-flags.js";

export const jarCommand = definePipelineCommand({
  name: "jar",
  summary: "Write an executable jar of a pipeline for Spark or Flink",
  description:
    "Writes one jar that holds the pipeline, its code, its options and the runner's classes: spark-submit runs it anywhere. The same inputs give the same bytes, and no Java is needed to write it.\nThe pipeline's options are fixed in it. Its workers need Node where they run, and beamline-boot: in a worker image, or by --environment-config.",
  missingOptions: "refused",
  flags: jarFlags,
  examples: [
    {
      line: "beamline jar wordcount.ts --input s3://books/lear.txt --output s3://out/counts",
      does: "Write wordcount.jar",
    },
    {
      line: "beamline jar wordcount.ts ... --environment-config /usr/local/bin/boot",
      does: "For machines on which that command starts a worker",
    },
  ],
  nextSteps: [
    { line: "beamline jar inspect wordcount.jar", does: "see what is in it" },
    { line: "spark-submit wordcount.jar", does: "run it" },
  ],
  async run({ pipeline, flags, cli, terminal }) {
    const { makeJar } = await import("../../remote/make-jar.js");
    return makeJar(pipeline, flags, cli, terminal);
  },
});
