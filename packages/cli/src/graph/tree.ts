import type { Style } from "../terminal/style.js";
import type { Edge, GraphView, Step } from "./graph-view.js";

interface Row {
  readonly branch: string;
  readonly label: string;
  readonly word: string;
  readonly flow: string;
}

/** A graph as a tree: composites hold their parts, and each line ends with what comes out. */
export function treeText(view: GraphView, style: Style): string {
  const rows = rowsOf(view.roots, "", view.edges);
  const left = Math.max(0, ...rows.map(({ branch, label }) => branch.length + label.length));
  const middle = Math.max(0, ...rows.map(({ word }) => word.length));
  const lines = rows.map(({ branch, label, word, flow }) => {
    const pad = " ".repeat(left - branch.length - label.length);
    const name = word === "" ? style.strong(label) : label;
    const kind = style.faint(word.padEnd(middle));
    return `${style.faint(branch)}${name}${pad}  ${kind}  ${style.accent(flow)}`.trimEnd();
  });
  return [style.strong(view.name), ...lines].join("\n");
}

function rowsOf(steps: readonly Step[], indent: string, edges: readonly Edge[]): Row[] {
  return steps.flatMap((step, index) => {
    const isLast = index === steps.length - 1;
    const row: Row = {
      branch: `${indent}${isLast ? "└─ " : "├─ "}`,
      label: step.label,
      word: step.word,
      flow: step.kind === "composite" ? "" : flowOf(step),
    };
    return [row, ...rowsOf(step.children, `${indent}${isLast ? "   " : "│  "}`, edges)];
  });
}

function flowOf({ outputs }: Step): string {
  return outputs
    .map(({ tag, coder }) => (tag === undefined ? `→ ${coder}` : `→ ${tag}: ${coder}`))
    .join("  ");
}
