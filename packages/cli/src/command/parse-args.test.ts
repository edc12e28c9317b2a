import { expect, test } from "vitest";
import { choiceFlag, countFlag, type NamedFlag, switchFlag, textFlag } from "./flag.js";
import { parseArguments } from "./parse-args.js";

const workers: NamedFlag = { name: "workers", ...countFlag({ least: 1, summary: "" }) };
const quiet: NamedFlag = { name: "quiet", ...switchFlag({ summary: "", short: "q" }) };
const mode: NamedFlag = {
  name: "mode",
  ...choiceFlag({ choices: ["auto", "plain"], summary: "" }),
};
const tags: NamedFlag = { name: "tag-list", ...textFlag({ summary: "" }), repeatable: true };
const own = [workers, quiet, mode, tags];

test("parseArguments takes values after a space or an equals sign, and positionals between", () => {
  const { values, positionals, problems } = parseArguments(
    ["a.ts", "--workers", "3", "--mode=plain", "b", "-q"],
    { own },
  );
  expect(problems).toEqual([]);
  expect(positionals).toEqual(["a.ts", "b"]);
  expect(values.get(workers)).toEqual([3]);
  expect(values.get(mode)).toEqual(["plain"]);
  expect(values.get(quiet)).toEqual([true]);
});

test("parseArguments accepts camelCase, repeats, negation and negative numbers", () => {
  const offset: NamedFlag = { name: "offset", ...textFlag({ summary: "" }) };
  const { values, problems } = parseArguments(
    ["--tagList", "a", "--tag-list", "b", "--no-quiet", "--offset", "-5"],
    { own: [...own, offset] },
  );
  expect(problems).toEqual([]);
  expect(values.get(tags)).toEqual(["a", "b"]);
  expect(values.get(quiet)).toEqual([false]);
  expect(values.get(offset)).toEqual(["-5"]);
});

test("parseArguments lets the last value of a flag win", () => {
  expect(parseArguments(["--workers=1", "--workers=2"], { own }).values.get(workers)).toEqual([2]);
});

test("parseArguments reports every problem at once", () => {
  const { problems, guessed } = parseArguments(
    ["--wrokers", "3", "--workers", "x", "--mode", "plian", "--tag-list", "--zzz", "-x"],
    { own },
  );
  expect(problems).toEqual([
    { subject: "--wrokers", message: "no such flag; did you mean --workers?" },
    { subject: "--workers x", message: "not a whole number of at least 1" },
    { subject: "--mode plian", message: "not one of auto or plain; did you mean plain?" },
    { subject: "--tag-list", message: "needs a value; write --tag-list=VALUE" },
    { subject: "--zzz", message: "no such flag" },
    { subject: "-x", message: "no such flag" },
  ]);
  expect(guessed).toEqual(new Set([workers]));
});

test("parseArguments gives a contested flag to the command, and to the pipeline after --", () => {
  const theirs: NamedFlag = { name: "workers", ...textFlag({ summary: "" }) };
  const { values, contested } = parseArguments(["--workers", "2", "--", "--workers", "many"], {
    own,
    pipeline: [theirs],
  });
  expect(values.get(workers)).toEqual([2]);
  expect(values.get(theirs)).toEqual(["many"]);
  expect(contested).toEqual([workers]);
});

test("parseArguments knows only the pipeline's flags after --", () => {
  const { problems } = parseArguments(["--", "--quiet"], { own, pipeline: [] });
  expect(problems).toEqual([{ subject: "--quiet", message: "no such flag" }]);
});

test("parseArguments takes everything after -- as positionals where there is no pipeline", () => {
  expect(parseArguments(["--", "--quiet"], { own }).positionals).toEqual(["--quiet"]);
});
