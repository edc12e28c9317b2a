import type { Edge, GraphView, Step } from "./graph-view.js";
import { canvas, palette } from "./palette.js";

const FONT = "Helvetica,Arial,sans-serif";

/** Graphviz' own language: composites are clusters, arrows carry the coder. */
export function dotText({ name, roots, edges }: GraphView): string {
  const { background, text, faint } = canvas.light;
  return [
    `digraph ${quoted(name)} {`,
    `  graph [${attributes({
      bgcolor: background,
      fontname: FONT,
      fontsize: "12",
      fontcolor: text,
      pad: "0.3",
      nodesep: "0.35",
      ranksep: "0.4",
      labeljust: "l",
      rankdir: "TB",
    })}];`,
    `  node [${attributes({ shape: "box", style: "rounded,filled", fontname: FONT, fontsize: "12", margin: "0.18,0.08", penwidth: "1.2" })}];`,
    `  edge [${attributes({ fontname: FONT, fontsize: "9", fontcolor: faint, color: faint, arrowsize: "0.7", class: "edge" })}];`,
    ...roots.flatMap((step) => stepLines(step, "  ")),
    ...edges.map(edgeLine),
    "}",
  ].join("\n");
}

function stepLines(step: Step, indent: string): string[] {
  const { id, name, label, kind, word, children } = step;
  if (kind === "composite") {
    const { box, border } = canvas.light;
    const look = { label, tooltip: name, style: "rounded,filled", fillcolor: box, color: border };
    return [
      `${indent}subgraph cluster_${id} {`,
      `${indent}  ${attributes({ ...look, margin: "12", class: "composite" }, "; ")};`,
      ...children.flatMap((child) => stepLines(child, `${indent}  `)),
      `${indent}}`,
    ];
  }
  const { fill, stroke, text } = palette[kind].light;
  const look = { fillcolor: fill, color: stroke, fontcolor: text, class: kind, tooltip: name };
  const lines = label === word ? label : `${label}\n${word}`;
  return [`${indent}${id} [${attributes({ label: lines, ...look })}];`];
}

function edgeLine({ from, to, tag, coder }: Edge): string {
  const label = tag === undefined ? coder : `${tag}: ${coder}`;
  return `  ${from} -> ${to} [${attributes({ label: `  ${label}  `, tooltip: label })}];`;
}

function attributes(values: Readonly<Record<string, string>>, separator = ", "): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(separator);
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
