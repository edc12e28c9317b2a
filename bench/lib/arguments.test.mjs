import { expect, test } from "vitest";
import { readArguments } from "./arguments.mjs";

test("readArguments defaults to all jobs at their own sizes with 1 and 2 workers", () => {
  const args = readArguments([]);
  expect(args).toMatchObject({ jobs: [], workers: [1, 2], rounds: 5, record: true });
  expect([args.size, args.elements]).toEqual([undefined, undefined]);
  expect(args.peers).toBeUndefined();
  expect(readArguments(["all"]).jobs).toEqual([]);
});

test("readArguments reads lists", () => {
  const args = readArguments(["chain", "cold", "--workers", "1,4", "--peers", "loop,python"]);
  expect(args.jobs).toEqual(["chain", "cold"]);
  expect(args.workers).toEqual([1, 4]);
  expect([...(args.peers ?? [])]).toEqual(["loop", "python"]);
});

test("readArguments refuses what is no whole number above 0, no peer, and no option", () => {
  expect(() => readArguments(["--rounds", "0"])).toThrow('"0" is not a whole number above 0');
  expect(() => readArguments(["--workers", "1,two"])).toThrow('Cannot read --workers: "two"');
  expect(() => readArguments(["--peers", "spork"])).toThrow("there is no spork; choose from loop");
  expect(() => readArguments(["--round", "3"])).toThrow("--round");
});
