import { expect, test } from "vitest";
import { joinedFiles, partsOf } from "./input-file.js";
import { joinSmall } from "./join-small.js";

const filesOf = (count: number, size: number) =>
  Array.from({ length: count }, (_, i) => ({ path: `${i}.txt`, size, total: count * size }));

test("joinSmall leaves a few files as they are", () => {
  const files = filesOf(99, 10);
  expect(joinSmall(files, () => false)).toEqual(files);
});

test("joinSmall joins many small files into elements of 256 KiB at most", () => {
  const files = filesOf(1000, 1000);
  const joined = joinSmall(files, () => false);
  expect(joined.length).toBe(Math.ceil(1000 / 262));
  const parts = joined.flatMap((file) => partsOf(file));
  expect(parts.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
  expect(joined.every(({ total }) => total === 1_000_000)).toBe(true);
});

test("joinSmall leaves large files and those that must be alone alone", () => {
  const files = filesOf(200, 10).map((file, i) => (i === 5 ? { ...file, size: 1e6 } : file));
  const joined = joinSmall(files, (path) => path === "9.txt");
  expect(joined.filter((file) => file.joined === undefined).map(({ path }) => path)).toEqual([
    "5.txt",
    "9.txt",
  ]);
  expect(joined).toHaveLength(3);
});

test("partsOf gives back the files that were joined, with the versions that they have", () => {
  const parts = [
    { path: "a b.txt", size: 0, version: "1 2.5 3" },
    { path: "c:d\n.txt", size: 7 },
  ];
  const joined = joinedFiles(parts);
  expect(joined?.size).toBe(7);
  const file = { path: "first", size: 1, total: 8 };
  expect(partsOf({ ...file, ...(joined === undefined ? {} : { joined }) })).toEqual([
    expect.objectContaining({ path: "first" }),
    ...parts,
  ]);
  expect(joinedFiles([])).toBeUndefined();
  expect(partsOf(file)).toEqual([file]);
});
