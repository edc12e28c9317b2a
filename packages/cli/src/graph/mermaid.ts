import type { GraphView, Step } from "./graph-view.js";
import { type ColouredKind, palette } from "./palette.js";

/** A Mermaid flowchart: composites are subgraphs, arrows carry the coder. */
export function mermaidText({ name, roots, edges }: GraphView): string {
  const kinds = new Set<ColouredKind>();
  const lines = [
    "---",
    `title: ${JSON.stringify(name)}`,
    "---",
    "flowchart TD",
    ...roots.flatMap((step) => stepLines(step, "  ", kinds)),
    ...edges.map(({ from, to, tag, coder }) => {
      const label = tag === undefined ? coder : `${tag}: ${coder}`;
      return `  ${from} -->|${quoted(label)}| ${to}`;
    }),
    ...[...kinds].map((kind) => {
      const { fill, stroke, text } = palette[kind].light;
      return `  classDef ${kind} fill:${fill},stroke:${stroke},color:${text}`;
    }),
  ];
  return lines.join("\n");
}

function stepLines(step: Step, indent: string, kinds: Set<ColouredKind>): string[] {
  const { id, label, word, kind, children } = step;
  if (kind === "composite") {
    return [
      `${indent}subgraph ${id}[${quoted(label)}]`,
      ...children.flatMap((child) => stepLines(child, `${indent}  `, kinds)),
      `${indent}end`,
    ];
  }
  kinds.add(kind);
  const text =
    label === word ? entities(label) : `${entities(label)}<br/><small>${entities(word)}</small>`;
  return [`${indent}${id}("${text}"):::${kind}`];
}

function quoted(text: string): string {
  return `"${entities(text)}"`;
}

/** Mermaid's own entity codes: it reads labels as HTML, and quotes end them. */
function entities(text: string): string {
  return text.replace(/[#&"<>`|\\[\](){}]/g, (c) => `#${c.charCodeAt(0)};`).replaceAll("\n", " ");
}
