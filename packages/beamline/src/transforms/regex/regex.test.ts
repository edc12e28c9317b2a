import { describe, expect, test } from "vitest";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { collect } from "../../testing/collect.js";
import { regex } from "./regex.js";

const LINES = ["GET /a 200", "POST /b?x=1 404", "", "nothing here"];

async function applied<Out>(
  transform: PTransform<PCollection<string>, PCollection<Out>>,
  lines: readonly string[] = LINES,
): Promise<Out[]> {
  return (await collect((p) => p.create(lines).apply(transform))).sort();
}

describe("regex", () => {
  test("findAll emits every match, whatever the pattern's flags and state", async () => {
    expect(await applied(regex.findAll(/[a-z]+/i))).toEqual(
      ["GET", "POST", "a", "b", "here", "nothing", "x"].sort(),
    );
    const used = /\d+/g;
    used.lastIndex = 7;
    expect(await applied(regex.findAll(used))).toEqual(["1", "200", "404"]);
  });

  test("findAll emits a group of every match that has it", async () => {
    expect(await applied(regex.findAll(/(\w)=(\w)/, { group: 2 }))).toEqual(["1"]);
    expect(await applied(regex.findAll(/(?<verb>[A-Z]+) \//, { group: "verb" }))).toEqual([
      "GET",
      "POST",
    ]);
    expect(await applied(regex.findAll(/a|(b)/, { group: 1 }), ["abab"])).toEqual(["b", "b"]);
  });

  test("split emits what stands between matches, and empty pieces where they are asked for", async () => {
    expect(await applied(regex.split(/[ ?]+/), ["a b", "?c??d"])).toEqual(["a", "b", "c", "d"]);
    expect(await applied(regex.split(/,/, { keepEmpty: true }), [",a,,b", ""])).toEqual([
      ...["", "", "", "a", "b"],
    ]);
    // Groups of the pattern are no pieces, as they are for String.prototype.split.
    expect(await applied(regex.split(/(-)/), ["a-b"])).toEqual(["a", "b"]);
    expect(await applied(regex.split(/(?:)/), ["abc"])).toEqual(["a", "b", "c"]);
  });

  test("find emits the first match, matches only whole elements", async () => {
    expect(await applied(regex.find(/\d/))).toEqual(["1", "2"]);
    expect(await applied(regex.find(/ (\/\w)/, { group: 1 }))).toEqual(["/a", "/b"]);
    expect(await applied(regex.matches(/[A-Z]+ \/a \d+|/))).toEqual(["", "GET /a 200"]);
    expect(await applied(regex.matches(/^b$/m), ["a\nb", "b"])).toEqual(["b"]);
    expect(await applied(regex.matches(/(?<verb>\w+) .*/, { group: "verb" }))).toEqual([
      ...["GET", "POST", "nothing"],
    ]);
  });

  test("findKV pairs two groups", async () => {
    const pairs = regex.findKV(/(?<verb>[A-Z]+) .* (\d+)$/, { key: "verb", value: 2 });
    expect(await applied(pairs)).toEqual([
      ["GET", "200"],
      ["POST", "404"],
    ]);
  });

  test("replaceAll and replaceFirst know the groups of a match", async () => {
    expect(await applied(regex.replaceAll(/(\d)/, "<$1>"), ["1-2"])).toEqual(["<1>-<2>"]);
    expect(await applied(regex.replaceFirst(/(\d)/g, "<$1>"), ["1-2"])).toEqual(["<1>-2"]);
  });

  test("keeps the coder of texts, so that keys are grouped by their bytes", () => {
    const pipeline = new Pipeline("test");
    const { id, builder } = pipeline.create(["a"]).apply(regex.findAll(/a/));
    expect(builder.coderOf(id)?.urn).toBe("beam:coder:string_utf8:v1");
  });

  test("shows its pattern in the graph", () => {
    expect(regex.split(/,/, { keepEmpty: true })).toMatchObject({
      name: "Regex.Split",
      parameters: { pattern: "/,/", keepEmpty: true },
    });
  });

  test.each([
    [() => regex.findAll("a+" as never), "NOT_A_PATTERN", /regex\.findAll\(\) with a\+/],
    [() => regex.split(/a/y), "STICKY_PATTERN", /\/a\/y.*leave it out/],
    [() => regex.find(/(a)/, { group: 2 }), "NO_SUCH_GROUP", /no group 2; it has 1,/],
    [() => regex.matches(/(?<x>a)/, { group: "y" }), "NO_SUCH_GROUP", /"y".*named x/],
    [() => regex.findKV(/(a)/, { key: 1, value: -1 }), "NO_SUCH_GROUP", /no group -1/],
  ])("refuses what it cannot do while the pipeline is built: %s", (make, code, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test("refuses elements that are no strings, and names the step", async () => {
    await expect(applied(regex.findAll(/a/), [7 as never])).rejects.toThrow(
      /Regex\.FindAll[\s\S]*number, not a string/,
    );
  });
});
