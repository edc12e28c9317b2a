import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { exitCodes } from "../command/exit-code.js";
import { UsageError } from "../command/usage-error.js";
import { buildGraph } from "../pipeline/build-graph.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";
import { plain, type Style } from "../terminal/style.js";
import type { Terminal } from "../terminal/terminal.js";
import { dotText } from "./dot.js";
import { formatOfFile, type GraphFormat } from "./formats.js";
import { type GraphView, viewGraph } from "./graph-view.js";
import { mermaidText } from "./mermaid.js";
import { svgText } from "./svg.js";
import { treeText } from "./tree.js";

export interface GraphFlags {
  readonly format?: GraphFormat | undefined;
  readonly out?: string | undefined;
}

/** Prints a pipeline's graph, or writes it to a file. */
export async function printGraph(
  pipeline: ChosenPipeline,
  { format, out }: GraphFlags,
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const view = viewGraph(await buildGraph(pipeline));
  const chosen = format ?? (out === undefined ? undefined : formatOfFile(out)) ?? "text";
  if (out !== undefined) {
    const text = await textOf(view, chosen, plain);
    try {
      writeFileSync(resolve(cli.cwd, out), `${text}\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError("write the graph", [{ subject: `--out ${out}`, message: reason }]);
    }
    terminal.talk(`Wrote ${out} (${chosen}).`);
  }
  if (terminal.json) terminal.document({ ...view, format: chosen, out: out ?? null });
  else if (out === undefined) terminal.data(await textOf(view, chosen, terminal.dataStyle));
  return exitCodes.done.code;
}

function textOf(view: GraphView, format: GraphFormat, style: Style): string | Promise<string> {
  switch (format) {
    case "text":
      return treeText(view, style);
    case "mermaid":
      return mermaidText(view);
    case "dot":
      return dotText(view);
    case "svg":
      return svgText(view);
  }
}
