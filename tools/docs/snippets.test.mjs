import { expect, test } from "vitest";
import { blocksOf } from "./markdown.mjs";
import { missingLines, snippetsOf } from "./snippets.mjs";

/** @param {string[]} lines */
function doc(...lines) {
  return lines.join("\n");
}

test("blocksOf reads language, words, place and text of each fence", () => {
  const text = doc(
    "# T",
    "```ts run",
    "a();",
    "```",
    "- item",
    "  ~~~~sh",
    "  ls",
    "  ```",
    "  ~~~~",
  );
  expect(blocksOf(text)).toEqual([
    { language: "ts", info: ["run"], line: 3, lines: ["a();"] },
    { language: "sh", info: [], line: 7, lines: ["ls", "```"] },
  ]);
});

test("snippetsOf joins continued blocks and remembers where each line stands", () => {
  const text = doc("```ts", "const a = 1;", "```", "then", "```ts continued", "a;", "```");
  expect(snippetsOf("D.md", text).modules).toEqual([
    { file: "D.md", source: ["const a = 1;", "a;"], docLines: [2, 6] },
  ]);
});

test("snippetsOf runs a module up to the block that is marked, against its output block", () => {
  const text = doc(
    ...["```ts run", "log(1);", "```", "```text output", "1", "```"],
    ...["```ts continued", "log(2);", "```"],
  );
  expect(snippetsOf("D.md", text).programs).toEqual([
    { file: "D.md", line: 2, source: ["log(1);"], expected: ["1"] },
  ]);
});

test("snippetsOf lists what is not checked, with the reason", () => {
  const text = doc("```sh no-check needs a cluster", "x", "```", "```sh", "y", "```");
  expect(snippetsOf("D.md", text).unchecked).toEqual([
    { file: "D.md", line: 2, reason: "needs a cluster" },
    { file: "D.md", line: 5, reason: "not marked run" },
  ]);
});

test.each([
  ["no-check without a reason", doc("```ts no-check", "```"), "needs a reason"],
  ["a word it does not know", doc("```ts runs", "```"), '"runs" means nothing here'],
  ["a first block that continues", doc("```ts continued", "```"), "continues nothing"],
  ["a language that would escape", doc("```typescript", "```"), "call it ts"],
  ["output of nothing", doc("```sh", "```", "```text output", "```"), "not marked run"],
])("snippetsOf reports %s", (_, text, problem) => {
  expect(snippetsOf("D.md", text).problems).toEqual([expect.stringContaining(problem)]);
});

test("missingLines finds lines in any order, with ... for what varies", () => {
  const output = "  the: 3\nstarted (x)\ndone in 1.5 s\n";
  expect(missingLines(["done in ... s", "the: 3", "..."], output)).toEqual([]);
  expect(missingLines(["the: 4", "started"], output)).toEqual(["the: 4", "started"]);
});
