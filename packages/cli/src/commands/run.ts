import { definePipelineCommand } from "../command/command.js";
import { choiceFlag, countFlag, switchFlag } from "../command/flag.js";

export const runCommand = definePipelineCommand({
  name: "run",
  summary: "Run a pipeline",
  description:
    "Runs the pipeline that FILE exports by default, from TypeScript as it stands: nothing to compile first. FILE#name runs the one exported as name.\nThe pipeline's options are flags of this command: beamline run FILE --help lists them.",
  missingOptions: "refused",
  flags: {
    runner: choiceFlag({
      choices: ["local"],
      summary: "Where it runs: local is this machine",
      defaultText: "local",
    }),
    workers: countFlag({
      least: 1,
      summary: "Threads that run it; 1 keeps everything on the main thread",
      defaultText: "one per core",
    }),
    strictEncoding: switchFlag({
      summary: "Encode and decode at every step, so that what works here works on a cluster",
    }),
    maxAttempts: countFlag({
      least: 1,
      summary: "How often a bundle of elements is tried before the run fails",
      defaultText: "4",
    }),
    progress: choiceFlag({
      choices: ["auto", "plain", "none"],
      summary: "How to show progress: auto is one live line on a terminal, and plain lines elsewhere",
      defaultText: "auto",
    }),
  },
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
  nextSteps: [{ line: "beamline graph FILE", does: "see what the pipeline does, step by step" }],
  async run(context) {
    const { runPipeline } = await import("../run/run-pipeline.js");
    return runPipeline(context.pipeline, context.flags, context.cli, context.terminal);
  },
});
