import { UserCodeError } from "beamline";
import { encodeErrorReport } from "beamline/harness";
import { expect, test } from "vitest";
import { plain } from "../../terminal/style.js";
import { ErrorExplainer } from "./explained-lines.js";
import { type LogLine, logLine } from "./log-line.js";
import { mergeLogs, OrderingWindow } from "./merge-logs.js";

const T = "2026-11-22T22:31:10";

async function* log(source: string, ...times: readonly string[]): AsyncGenerator<LogLine> {
  for (const time of times) yield logLine(source, `${T}${time}Z ${source} at ${time}`);
}

test("logLine splits the node's time from the text, and keeps a line that has none", () => {
  expect(logLine("driver", `${T}.123456789Z hello world`)).toEqual({
    at: Date.parse(`${T}.123Z`),
    time: `${T}.123456789Z`,
    source: "driver",
    text: "hello world",
  });
  expect(logLine("driver", `${T}.5Z`).text).toBe("");
  expect(logLine("driver", "no time here")).toMatchObject({ at: 0, text: "no time here" });
});

test("mergeLogs orders lines of several logs down to nanoseconds", async () => {
  const merged: string[] = [];
  const logs = [
    log("driver", ".000000100", ".000000300", ".5"),
    log("exec-1", ".000000200", ".400000000"),
    log("exec-2"),
  ];
  for await (const { time } of mergeLogs(logs)) merged.push(time.slice(19));
  expect(merged).toEqual([".000000100Z", ".000000200Z", ".000000300Z", ".400000000Z", ".5Z"]);
});

test("OrderingWindow holds a line back until earlier ones of other logs may have come", () => {
  const window = new OrderingWindow(400);
  window.add(logLine("driver", `${T}.300Z late`), 1000);
  window.add(logLine("exec-1", `${T}.100Z early`), 1300);
  expect(window.take(1399)).toEqual([]);
  // The later line's time has come, and takes the earlier one along.
  expect(window.take(1400).map(({ text }) => text)).toEqual(["early", "late"]);
  window.add(logLine("driver", `${T}.900Z last`), 2000);
  expect(window.rest().map(({ text }) => text)).toEqual(["last"]);
  expect(window.rest()).toEqual([]);
});

test("ErrorExplainer shows an error of the user's own code once, in words", () => {
  const thrown = new UserCodeError("Upper", "'bad'", new RangeError("no such word"));
  const line = logLine(
    "exec-1",
    `${T}Z java.lang.RuntimeException: Error: ${encodeErrorReport(thrown)}`,
  );
  const explainer = new ErrorExplainer({ cwd: "/", root: "/", style: plain });
  const first = explainer.lines(line).join("\n");
  expect(first).toContain("java.lang.RuntimeException: Error:\n");
  expect(first).toContain('Cannot run "Upper": RangeError: no such word');
  expect(first).toContain("element    'bad'");
  expect(first).not.toContain("BEAMLINE-ERROR");
  expect(explainer.lines(line).at(-1)).toBe(
    '  Cannot run "Upper": RangeError: no such word (as above)',
  );
  expect(explainer.lines(logLine("driver", `${T}Z INFO all is well`))).toEqual([
    "INFO all is well",
  ]);
});
