import { expect, test } from "vitest";
import { compare, expectationsOf } from "./check-type-tests.mjs";
import { parseDiagnostics } from "./lib/tsc.mjs";

test("parseDiagnostics joins the lines of one message", () => {
  const output =
    "a.ts(3,5): error TS2345: Not assignable.\n  Because of this.\nb.ts(1,1): error TS1: x\n";
  expect(parseDiagnostics(output)).toEqual([
    { file: "a.ts", line: 3, column: 5, message: "TS2345: Not assignable.\n  Because of this." },
    { file: "b.ts", line: 1, column: 1, message: "TS1: x" },
  ]);
});

test("expectationsOf points to the first line of code after the comments", () => {
  const source = "const a = 1;\n// @error: one\n  // @error: two\n// why\nbad();\n";
  expect(expectationsOf("f", source)).toEqual([
    { file: "f", line: 5, text: "one" },
    { file: "f", line: 5, text: "two" },
  ]);
});

test("compare is content when each expected error is there and nothing else", () => {
  const found = { file: "f", line: 5, column: 1, message: "TS1: it needs [K, V] elements" };
  expect(compare([{ file: "f", line: 5, text: "needs [K, V]" }], [found])).toEqual([]);
});

test("compare reports a line that compiles, a wrong message and an error nobody expected", () => {
  const problems = compare(
    [
      { file: "f", line: 2, text: "never comes" },
      { file: "f", line: 5, text: "needs" },
      { file: "f", line: 5, text: "needs" },
    ],
    [
      { file: "f", line: 5, column: 1, message: "TS1: needs" },
      { file: "f", line: 5, column: 9, message: "TS2: other" },
      { file: "e", line: 9, column: 1, message: "TS3: stray" },
    ],
  );
  expect(problems).toEqual([
    "e:9 unexpected error TS3: stray",
    'f:2 compiles, but should fail with "never comes"',
    'f:5 compiles, but should fail with "needs"',
    "f:5 unexpected error TS2: other",
  ]);
});
