import { composite, DoFn, definePipeline, type PCollection, type ProcessContext } from "beamline";
import { expect, test } from "vitest";
import { plain } from "../terminal/style.js";
import { dotText } from "./dot.js";
import { formatOfFile } from "./formats.js";
import { viewGraph } from "./graph-view.js";
import { mermaidText } from "./mermaid.js";
import { svgText } from "./svg.js";
import { treeText } from "./tree.js";

class Halves extends DoFn<number, number, { odd: number }> {
  override process(n: number, ctx: ProcessContext<number, { odd: number }>): void {
    if (n % 2 === 0) ctx.output(n);
    else ctx.outputTo("odd", n);
  }
}

const addAll = composite("Add <all>", (numbers: PCollection<number>) =>
  numbers.keyBy("Same", () => "all").groupByKey("Group"),
);

const view = viewGraph(
  definePipeline({
    name: "halves",
    build(p) {
      const halves = p
        .impulse()
        .map("One", () => 1)
        .parDo("Halve", () => new Halves(), ["odd"]);
      p.flatten("Both", [halves.out, halves.odd]).apply(addAll);
    },
  }).toGraph(),
);

test("treeText indents parts, names coders, and shows inputs that are not the step above", () => {
  expect(treeText(view, plain)).toBe(
    [
      "halves",
      "├─ Impulse    Impulse     → bytes",
      "├─ One        ParDo       → js",
      "├─ Halve      ParDo       → js  → odd: js",
      "├─ Both       Flatten     → js  ← Halve, Halve (odd)",
      "└─ Add <all>",
      "   ├─ Same    ParDo       → kv<js_key, js>",
      "   └─ Group   GroupByKey  → kv<js_key, iterable<js>>",
    ].join("\n"),
  );
});

test("mermaidText draws composites as subgraphs and escapes labels", () => {
  const text = mermaidText(view);
  expect(text).toContain('  subgraph t6["Add #60;all#62;"]\n    t4("Same');
  expect(text).toContain('t2 -->|"odd: js"| t3');
  expect(text).toContain('t0("Impulse"):::source');
  expect(text).toContain("  classDef shuffle ");
});

test("dotText draws composites as clusters", () => {
  const text = dotText(view);
  expect(text).toContain("subgraph cluster_t6 {");
  expect(text).toContain('label="Add <all>"');
  expect(text).toContain('t2 -> t3 [label="  odd: js  "');
  expect(text).toContain('class="shuffle"');
});

test("svgText lays the drawing out, with rules for dark themes", async () => {
  const text = await svgText(view);
  expect(text).toMatch(/^<svg [^>]*>\n<style>.*prefers-color-scheme:dark.*<\/style>/s);
  expect(text).toContain("Add &lt;all&gt;");
  expect(text).toMatch(/<\/svg>$/);
});

test("formatOfFile reads the format off the ending", () => {
  expect(["a.svg", "b.mmd", "c.GV", "d.txt", "e.md"].map(formatOfFile)).toEqual([
    "svg",
    "mermaid",
    "dot",
    "text",
    undefined,
  ]);
});
