import { expect, test } from "vitest";
import { CountCheck, keyValueOf, LineCheck } from "./expectations.js";
import { shardSets } from "./shards.js";

test("shardSets groups shards by prefix, number and suffix, and names those that are missing", () => {
  const urls = [
    "s3://b/out/counts-00001-of-00003",
    "s3://b/out/counts-00000-of-00003",
    "s3://b/out/counts-00000-of-00001.csv",
    "s3://b/out/counts-notes.txt",
  ];
  const sets = shardSets(urls.map((url) => ({ url, size: 1 })));
  expect(
    sets.map(({ prefix, suffix, total, missing }) => ({ prefix, suffix, total, missing })),
  ).toEqual([
    { prefix: "s3://b/out/counts", suffix: "", total: 3, missing: [2] },
    { prefix: "s3://b/out/counts", suffix: ".csv", total: 1, missing: [] },
  ]);
  expect(sets[0]?.shards.map(({ url }) => url.slice(-14))).toEqual([
    "00000-of-00003",
    "00001-of-00003",
  ]);
});

test.each([
  ["Duke: 30", ["Duke", "30"]],
  ["Duke\t30", ["Duke", "30"]],
  ["Duke,30", ["Duke", "30"]],
  ["Duke=30", ["Duke", "30"]],
  ["a: b: 3", ["a: b", "3"]],
  ["Duke", undefined],
  [": 3", undefined],
])("keyValueOf reads %j", (line, pair) => {
  expect(keyValueOf(line)).toEqual(pair);
});

test("CountCheck compares counts, adds up a key on several lines, and says what is not there", () => {
  const check = new CountCheck([
    { key: "Duke", value: "30" },
    { key: "wish", value: "2" },
    { key: "gone", value: "1" },
  ]);
  for (const line of ["Duke: 10", "other: 1", "Duke: 20", "wish: 3"]) check.add(line);
  expect(check.result()).toEqual([
    { key: "Duke", value: "30", found: "30", ok: true },
    { key: "wish", value: "2", found: "3", ok: false },
    { key: "gone", value: "1", found: undefined, ok: false },
  ]);
});

test("LineCheck compares lines whatever their order, and counts repeated ones", () => {
  const check = new LineCheck(["a", "a", "b"]);
  for (const line of ["b", "a", "c"]) check.add(line);
  expect(check.result()).toEqual({ missing: ["a"], unexpected: ["c"] });
  const same = new LineCheck(["a", "b"]);
  for (const line of ["b", "a"]) same.add(line);
  expect(same.result()).toEqual({ missing: [], unexpected: [] });
});
