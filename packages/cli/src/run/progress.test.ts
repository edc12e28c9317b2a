import type { RunProgress } from "beamline/runners/local";
import { expect, test } from "vitest";
import { plain } from "../terminal/style.js";
import { progressLine, SpeedGauge, timeLeft } from "./progress-line.js";
import { plainReport } from "./progress-report.js";
import { formatBytes, formatDuration, formatShort, formatTicking } from "./units.js";

const half: RunProgress = {
  running: ["Read/Split"],
  stagesDone: 1,
  stagesTotal: 4,
  elements: 1_000_000,
  bytesDone: 70_000_000,
  bytesTotal: 140_000_000,
  elapsedMs: 2000,
  workers: 2,
};
const speed = { elementsPerSecond: 500_000, bytesPerSecond: 35_000_000 };

test("progressLine shows elements, bytes, rate, time left and stage", () => {
  expect(progressLine(half, speed, 200, plain)).toBe(
    "██████████░░░░░░░░░░  1.00M elements  70.0 MB of 140 MB (50%)  500k/s  2 s left  stage 2/4  Split",
  );
});

test("progressLine drops what matters least until it fits", () => {
  expect(progressLine(half, speed, 60, plain)).toBe(
    "1.00M elements  70.0 MB of 140 MB (50%)  500k/s  2 s left",
  );
  expect(progressLine(half, speed, 12, plain)).toBe("2 s left");
  expect(progressLine(half, speed, 3, plain)).toBe("2 s");
});

test("progressLine shows elapsed time where the end cannot be told", () => {
  const unknown = { ...half, bytesDone: 0, bytesTotal: 0 };
  expect(timeLeft(unknown, speed)).toBeUndefined();
  expect(progressLine(unknown, speed, 200, plain)).toBe(
    "1.00M elements  500k/s  2 s  stage 2/4  Split",
  );
});

test("SpeedGauge looks at the last seconds only", () => {
  const gauge = new SpeedGauge();
  const at = (elapsedMs: number, elements: number) => gauge.add({ ...half, elapsedMs, elements });
  expect(at(0, 0).elementsPerSecond).toBe(0);
  expect(at(1000, 100).elementsPerSecond).toBe(100);
  at(6000, 100);
  expect(at(10_000, 4100).elementsPerSecond).toBe(1000);
});

test("plainReport says nothing of short runs and at most one line in five seconds", () => {
  let written = "";
  const output = {
    isTerminal: false,
    columns: 80,
    write(text: string) {
      written += text;
    },
  };
  const report = plainReport(output);
  for (let elapsedMs = 0; elapsedMs < 2000; elapsedMs += 200) report.update({ ...half, elapsedMs });
  expect(written).toBe("");
  for (let elapsedMs = 2000; elapsedMs < 12_000; elapsedMs += 200) {
    report.update({ ...half, elapsedMs });
  }
  expect(written.split("\n")).toHaveLength(3);
  expect(written).toMatch(/^1\.00M elements {2}70\.0 MB of 140 MB/);
});

test("units are short and keep three digits", () => {
  expect([0, 999, 1000, 23_456, 999_950, 140_000_000].map(formatBytes)).toEqual([
    ...["0 B", "999 B", "1.00 kB", "23.5 kB", "1.00 MB", "140 MB"],
  ]);
  expect([5, 999, 12_345, 9_999_999].map(formatShort)).toEqual(["5", "999", "12.3k", "10.0M"]);
  expect([12, 1240, 12_300, 125_000, 3_720_000].map(formatDuration)).toEqual([
    ...["12 ms", "1.24 s", "12.3 s", "2 m 05 s", "1 h 02 m"],
  ]);
  expect([340, 2000, 61_000].map(formatTicking)).toEqual(["0.4 s", "2 s", "1 m 01 s"]);
});
