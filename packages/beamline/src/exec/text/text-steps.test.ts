import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { text } from "../../io/text/text.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import { collect } from "../../testing/collect.js";
import { regex } from "../../transforms/regex/regex.js";

let folder = "";
/** The lines of the file, and its path. */
let lines: string[] = [];
let path = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-text-"));
  const alphabet = [
    "the",
    "king",
    "It's",
    "naïve",
    "王",
    "😀",
    "a,b",
    "x".repeat(40),
    "\u00a0",
    "",
  ];
  // More than one block of a mebibyte, with lines that go over its end.
  lines = Array.from({ length: 40_000 }, (_, i) =>
    Array.from({ length: i % 9 }, (_, j) => alphabet[(i * 7 + j * 3) % alphabet.length]).join(" "),
  );
  path = join(folder, "text.txt");
  writeFileSync(path, lines.map((line, i) => line + (i % 5 === 0 ? "\r\n" : "\n")).join(""));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function countsOf(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort();
}

describe("texts that stay bytes", () => {
  test.each([{ strictEncoding: false }, { strictEncoding: true }])(
    "are counted as the strings that they are: %j",
    async (options) => {
      const counted = (pattern: RegExp) =>
        collect(
          (p) => p.apply(text.read(path)).apply(regex.findAll(pattern)).countPerElement(),
          options,
        );
      for (const pattern of [/[A-Za-z']+/, /\S+/, /\p{L}+/u]) {
        const all = new RegExp(pattern, `${pattern.flags}g`);
        const words = lines.flatMap((line) => line.match(all) ?? []);
        expect((await counted(pattern)).sort()).toEqual(countsOf(words));
      }
    },
  );

  test("are distinct as lines, and counted as pieces between separators", async () => {
    const run = { strictEncoding: false };
    const distinct = await collect((p) => p.apply(text.read(path)).distinct(), run);
    expect(distinct.sort()).toEqual([...new Set(lines)].sort());
    const pieces = await collect(
      (p) => p.apply(text.read(path)).apply(regex.split(/[ ,]+/)).countPerElement(),
      run,
    );
    const expected = lines.flatMap((line) => line.split(/[ ,]+/)).filter((piece) => piece !== "");
    expect(pieces.sort()).toEqual(countsOf(expected));
  });

  test.each([{}, { bundling: "smallest" as const }])(
    "go through flattens and into lists, as bundles come: %j",
    async (options) => {
      const few = join(folder, "few.txt");
      writeFileSync(few, "one two\ntwo né\n");
      const run = { ...options, strictEncoding: false };
      const read = (p: Pipeline) => p.apply(text.read(few));
      const twice = (p: Pipeline) => p.flatten([p.apply("A", read), p.apply("B", read)]);
      const words = await collect(
        (p) => twice(p).apply(regex.findAll(/\S+/)).countPerElement(),
        run,
      );
      expect(words.sort()).toEqual(
        countsOf(["one", "one", "né", "né", "two", "two", "two", "two"]),
      );
      const listed = await collect((p) => twice(p).apply(regex.split(/ /)).reshuffle(), run);
      expect(listed.sort()).toEqual(["né", "né", "one", "one", "two", "two", "two", "two"]);
      expect((await collect((p) => read(p), run)).sort()).toEqual(["one two", "two né"]);
    },
  );

  test("become U+FFFD where a file is not UTF-8, as they do as strings", async () => {
    const broken = join(folder, "broken.txt");
    const bytes = Buffer.from("ok\nbr?ken b?tes\nalso ok\nb?tes\n", "latin1");
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0x3f) bytes[i] = 0xff;
    writeFileSync(broken, bytes);
    const found = await collect(
      (p) => p.apply(text.read(broken)).apply(regex.findAll(/\S+/)).countPerElement(),
      { strictEncoding: false },
    );
    expect(found.sort()).toEqual(
      countsOf(["ok", "br\ufffdken", "b\ufffdtes", "also", "ok", "b\ufffdtes"]),
    );
  });

  test("reach two steps as strings where one of them takes no bytes", async () => {
    const both = await collect(
      (p) => {
        const words = p.apply(text.read(path)).apply(regex.findAll(/[a-z]+/));
        const sums = words.countPerElement().map(([, count]) => count);
        return words.count().flatten("Both", sums.sum());
      },
      { strictEncoding: false },
    );
    const all = lines.join(" ").match(/[a-z]+/g)?.length;
    expect(both).toEqual([all, all]);
  });
});
