import { definePipelineCommand } from "../command/command.js";
import { choiceFlag, textFlag } from "../command/flag.js";
import { graphFormats } from "../graph/formats.js";

export const graphCommand = definePipelineCommand({
  name: "graph",
  summary: "Show a pipeline's steps as text, Mermaid, DOT or SVG",
  description:
    "Builds the pipeline that FILE exports, without running it, and prints its transforms with the coders of what flows between them.\nRequired options that are not given get stand-ins; what depends on their values may look different in a run.",
  missingOptions: "stand-ins",
  flags: {
    format: choiceFlag({
      choices: graphFormats,
      summary: "What to print",
      defaultText: "text, or what the ending of --out says",
    }),
    out: textFlag({ placeholder: "FILE", summary: "Write to a file instead of stdout" }),
  },
  examples: [
    { line: "beamline graph wordcount.ts", does: "Print the tree of transforms" },
    { line: "beamline graph wordcount.ts --out wordcount.svg", does: "Draw it" },
    {
      line: "beamline graph wordcount.ts --format mermaid",
      does: "Print a flowchart for Markdown",
    },
  ],
  nextSteps: [{ line: "beamline run FILE", does: "run it" }],
  async run(context) {
    const { printGraph } = await import("../graph/print-graph.js");
    return printGraph(context.pipeline, context.flags, context.cli, context.terminal);
  },
});
