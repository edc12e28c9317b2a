import { expect, test } from "vitest";
import { analyze } from "./analyze.mjs";
import { chooseMeter, parseGnuTime } from "./process-usage.mjs";
import { renderResult } from "./report.mjs";
import { runPlan } from "./run-plan.mjs";

/**
 * A contender that writes these lines in as many files.
 *
 * @param {string} id
 * @param {string[]} lines
 * @returns {import("./plan.mjs").Contender}
 */
function writer(id, lines) {
  const script = `for (const [i, line] of ${JSON.stringify(lines)}.entries())
    require("node:fs").writeFileSync(process.argv[1] + "-" + i, line + "\\n");`;
  return { id, label: id, command: (output) => [process.execPath, "-e", script, output] };
}

/**
 * @param {readonly import("./plan.mjs").Contender[]} contenders
 * @param {Partial<import("./plan.mjs").Plan>} [more]
 */
async function resultOf(contenders, more) {
  /** @type {string[]} */
  const order = [];
  const plan = {
    ...{ title: "Test", parameters: {}, reference: "loop", targets: [], contenders },
    ...more,
  };
  const runs = await runPlan(plan, {
    ...{ root: process.cwd(), rounds: 2, meter: chooseMeter() },
    signal: new AbortController().signal,
    say: (line) => order.push(line.trim().split(":")[0] ?? ""),
  });
  return { order, result: analyze("test", plan, runs) };
}

test("runPlan interleaves the contenders and stops each at its own number of rounds", async () => {
  const slow = { ...writer("slow", ["a"]), rounds: 1 };
  const { order } = await resultOf([writer("loop", ["a"]), slow]);
  expect(order).toEqual(["1/2 loop", "1/2 slow", "2/2 loop"]);
});

test("analyze finds outputs equal whatever their order and number of files", async () => {
  const { result } = await resultOf([writer("loop", ["a\nb"]), writer("two", ["b", "a"])]);
  expect(result.outputs).toEqual({ equal: true, lines: 2, differing: [] });
});

test("analyze names the contender whose output differs, but not one that is unchecked", async () => {
  const start = { ...writer("start", ["z"]), unchecked: true };
  const { result } = await resultOf([writer("loop", ["a"]), writer("wrong", ["a", "a"]), start]);
  expect(result.outputs).toEqual({ equal: false, lines: 1, differing: ["wrong"] });
});

test("analyze compares a contender with the one that it is the same as", async () => {
  const { result } = await resultOf([
    writer("loop", ["a"]),
    { ...writer("loop-quarter", ["b"]), unchecked: true },
    { ...writer("quarter", ["b"]), sameAs: "loop-quarter" },
    { ...writer("other-quarter", ["a"]), sameAs: "loop-quarter" },
  ]);
  expect(result.outputs.differing).toEqual(["other-quarter"]);
});

test("analyze judges a target by the fastest of several that got through", async () => {
  const failing = { ...writer("bad", []), command: () => [process.execPath, "-e", "BAD"] };
  const text = "ratio";
  const { result } = await resultOf([writer("loop", ["a"]), failing], {
    targets: [
      { text, of: "loop", measure: "ratio", to: ["bad", "loop"], atMost: 1 },
      { text, of: "loop", measure: "ratio", to: ["bad"], atMost: 1 },
    ],
  });
  expect(result.targets.map(({ met }) => met)).toEqual([true, undefined]);
});

test("runPlan drops a contender that fails and keeps what it said", async () => {
  const script = "console.error('no luck'); process.exit(3)";
  const failing = { ...writer("bad", []), command: () => [process.execPath, "-e", script] };
  const { order, result } = await resultOf([writer("loop", ["a"]), failing]);
  expect(order).toEqual(["1/2 loop", "1/2 bad", "2/2 loop"]);
  expect(result.contenders[1]?.failure).toMatch(/it exited with 3; it said:\nno luck/);
});

test("runPlan ends the process under way when it is aborted", async () => {
  const waiting = { ...writer("loop", []), command: () => [process.execPath, "-e", WAIT] };
  const plan = {
    ...{ title: "Test", parameters: {}, reference: "loop", targets: [], contenders: [waiting] },
  };
  const signal = AbortSignal.timeout(200);
  const options = { root: process.cwd(), rounds: 1, meter: chooseMeter(), signal, say: () => {} };
  await expect(runPlan(plan, options)).rejects.toThrow("timeout");
});

const WAIT = "setInterval(() => {}, 1000)";

test("analyze judges targets, and says unknown for what was not measured", async () => {
  const { result } = await resultOf([writer("loop", ["a"])], {
    targets: [
      { text: "time", of: "loop", measure: "wallSeconds", atMost: 3600 },
      { text: "memory", of: "loop", measure: "peakRssBytes", atMost: 1 },
      { text: "ratio", of: "gone", measure: "ratio", to: "loop", atMost: 1 },
    ],
  });
  const [time, memory, ratio] = result.targets;
  expect(time?.met).toBe(true);
  expect(memory?.met).not.toBe(true);
  expect(ratio).toEqual({ text: "ratio", met: undefined, measured: "not measured" });
});

test("renderResult writes a Markdown table with a row a contender", async () => {
  const { result } = await resultOf([writer("loop", ["a"])]);
  const lines = renderResult(result, { markdown: true }).split("\n");
  expect(lines[0]).toBe("**Test**");
  expect(lines[3]).toMatch(/^\| --- \| ---: \|/);
  expect(lines[4]).toMatch(/^\| loop \| 2 \| .* \| 1 \| 1 \|$/);
});

test("parseGnuTime adds user and system time and gives memory in bytes", () => {
  expect(parseGnuTime("1.50 0.25 2048\n")).toEqual({ cpuSeconds: 1.75, peakRssBytes: 2097152 });
});
