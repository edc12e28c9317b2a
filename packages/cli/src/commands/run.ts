import { definePipelineCommand } from "../command/command.js";
import { runFlags } from "./run-flags.js";

export const runCommand = definePipelineCommand({
  name: "run",
  summary: "Run a pipeline",
  description:
    "Runs the pipeline that FILE exports by default, from TypeScript as it stands: nothing to compile first. FILE#name runs the one exported as name.\nThe pipeline's options are flags of this command: beamline run FILE --help lists them.",
  missingOptions: "refused",
  flags: runFlags,
  examples: [
    {
      line: "beamline run wordcount.ts --input book.txt --output counts",
      does: "Count the words of a book into counts-00000-of-00001",
    },
    { line: "beamline run wordcount.ts --help", does: "Show the pipeline's own flags" },
    {
      line: "beamline run wordcount.ts --input 'logs/*.txt' --output counts --json",
      does: "Print the result as JSON for a script",
    },
  ],
  nextSteps: [
    {
      line: "beamline run FILE --runner spark",
      does: "run it on Spark in this machine, then on a cluster",
    },
    { line: "beamline graph FILE", does: "see what the pipeline does, step by step" },
  ],
  async run({ pipeline, flags, cli, terminal }) {
    const { runner = "local" } = flags;
    if (runner === "local") {
      const { runPipeline } = await import("../run/run-pipeline.js");
      return runPipeline(pipeline, flags, cli, terminal);
    }
    const { runRemote } = await import("../remote/run-remote.js");
    return runRemote({ pipeline, runner, flags, cli, terminal });
  },
});
