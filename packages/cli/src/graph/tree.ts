import type { Style } from "../terminal/style.js";
import type { GraphView, Step } from "./graph-view.js";

interface Row {
  readonly branch: string;
  readonly label: string;
  readonly word: string;
  readonly flow: string;
}

/**
 * A graph as a tree: composites hold their parts, each line ends with what comes out, and with what
 * goes in unless that is the output of the step above.
 */
export function treeText(view: GraphView, style: Style): string {
  const inputs = unusualInputs(view);
  const rows = rowsOf(view.roots, "", inputs);
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

function rowsOf(
  steps: readonly Step[],
  indent: string,
  inputs: ReadonlyMap<string, readonly string[]>,
): Row[] {
  return steps.flatMap((step, index) => {
    const isLast = index === steps.length - 1;
    const row: Row = {
      branch: `${indent}${isLast ? "└─ " : "├─ "}`,
      label: step.label,
      word: step.word,
      flow: step.kind === "composite" ? "" : flowOf(step, inputs.get(step.id)),
    };
    return [row, ...rowsOf(step.children, `${indent}${isLast ? "   " : "│  "}`, inputs)];
  });
}

function flowOf({ outputs }: Step, from: readonly string[] | undefined): string {
  const out = outputs.map(({ tag, coder }) =>
    tag === undefined ? `→ ${coder}` : `→ ${tag}: ${coder}`,
  );
  return [...out, ...(from === undefined ? [] : [`← ${from.join(", ")}`])].join("  ");
}

/** By step: the names of what it reads, where that is not simply the step before it. */
function unusualInputs({ roots, edges }: GraphView): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const steps = primitivesOf(roots);
  steps.forEach((step, index) => {
    const sources = edges.filter(({ to }) => to === step.id);
    const [first] = sources;
    const isUsual =
      sources.length === 1 && first?.tag === undefined && first?.from === steps[index - 1]?.id;
    if (sources.length === 0 || isUsual) return;
    const names = sources.map(({ from, tag }) => {
      const name = nameFrom(step.name, steps.find(({ id }) => id === from)?.name ?? from);
      return tag === undefined ? name : `${name} (${tag})`;
    });
    found.set(step.id, names);
  });
  return found;
}

/** A step's name as seen from another one: without the composites that hold both. */
function nameFrom(viewer: string, name: string): string {
  const around = viewer.split("/").slice(0, -1);
  const parts = name.split("/");
  const shared = parts.findIndex((part, index) => part !== around[index]);
  return parts.slice(Math.max(0, shared)).join("/");
}

function primitivesOf(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) =>
    step.kind === "composite" ? primitivesOf(step.children) : [step],
  );
}
