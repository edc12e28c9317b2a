import type { RunProgress } from "beamline/runners/local";
import type { Output } from "../terminal/cli.js";
import { plain, type Style } from "../terminal/style.js";
import { progressLine, SpeedGauge } from "./progress-line.js";

/** Shorter runs pass without a line. */
const FIRST_PLAIN_MS = 2000;
const PLAIN_EVERY_MS = 5000;
/** Wide enough for every part of the line. */
const PLAIN_WIDTH = 200;

export interface ProgressReport {
  update(progress: RunProgress): void;
  end(): void;
}

/** One line, redrawn in place. */
export function liveReport(output: Output, style: Style): ProgressReport {
  const gauge = new SpeedGauge();
  return {
    update(progress) {
      // The last column stays free: some terminals wrap when it is written.
      output.live?.(progressLine(progress, gauge.add(progress), output.columns - 1, style));
    },
    end: () => output.live?.(undefined),
  };
}

/** A line every few seconds. */
export function plainReport(output: Output): ProgressReport {
  const gauge = new SpeedGauge();
  let nextMs = FIRST_PLAIN_MS;
  return {
    update(progress) {
      const speed = gauge.add(progress);
      const isOver = progress.stagesDone === progress.stagesTotal;
      if (isOver || progress.elapsedMs < nextMs) return;
      nextMs = progress.elapsedMs + PLAIN_EVERY_MS;
      const line = progressLine(progress, speed, PLAIN_WIDTH, plain);
      output.write(`${line.replace(/^[█░]+ {2}/, "")}\n`);
    },
    end() {},
  };
}

export const noReport: ProgressReport = { update() {}, end() {} };
