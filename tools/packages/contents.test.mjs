import { expect, test } from "vitest";
import { mapProblems } from "./contents.mjs";

const FILES = ["dist/a/b.js", "dist/a/b.js.map", "src/a/b.ts"];

test("mapProblems accepts a map whose sources are shipped or embedded", () => {
  const shipped = JSON.stringify({ sources: ["../../src/a/b.ts"] });
  const embedded = JSON.stringify({ sources: ["../../lib/c.ts"], sourcesContent: ["text"] });
  expect(mapProblems("dist/a/b.js.map", shipped, FILES)).toEqual([]);
  expect(mapProblems("dist/a/b.js.map", embedded, FILES)).toEqual([]);
});

test("mapProblems names the source that is missing", () => {
  const text = JSON.stringify({ sources: ["../../src/a/gone.ts"] });
  expect(mapProblems("dist/a/b.js.map", text, FILES)).toEqual([
    "ships dist/a/b.js.map, which points to src/a/gone.ts, which it does not ship",
  ]);
});
