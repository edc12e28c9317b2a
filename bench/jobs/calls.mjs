import { beamlineRun } from "../lib/plan.mjs";

const CALLS = 10_000;
const CONCURRENCY = 100;
const DELAY_SECONDS = 0.05;
const IDEAL_SECONDS = (CALLS / CONCURRENCY) * DELAY_SECONDS;

/**
 * Calls to a web service that takes 50 ms: how well `mapAsync` keeps its calls under way.
 *
 * @type {import("../lib/plan.mjs").Job}
 */
export const calls = {
  name: "calls",
  async plan(context) {
    const { root } = context;
    const service = {
      id: "slow-http",
      command: [process.execPath, `${root}/bench/services/slow-http.mjs`],
    };
    const amount = [String(CALLS), String(CONCURRENCY)];
    return {
      title: `${CALLS} calls of 50 ms, ${CONCURRENCY} at once (ideal: ${IDEAL_SECONDS} s)`,
      parameters: { calls: CALLS, concurrency: CONCURRENCY },
      reference: "loop",
      contenders: [
        {
          id: "loop",
          label: "hand-written loop",
          service,
          command: (output, address) => [
            ...[process.execPath, `${root}/bench/peers/calls-loop.mjs`],
            ...[address, ...amount, output],
          ],
        },
        {
          id: "beamline",
          label: "Beamline, 1 worker",
          ours: true,
          service,
          command: (output, address) =>
            beamlineRun(context, "bench/pipelines/calls.ts", [
              ...["--url", address, "--calls", String(CALLS)],
              ...["--concurrency", String(CONCURRENCY), "--output", output, "--workers", "1"],
            ]),
        },
      ],
      targets: [
        {
          text: "at most 1.3 times the ideal, start included",
          of: "beamline",
          measure: "wallSeconds",
          atMost: IDEAL_SECONDS * 1.3,
        },
      ],
    };
  },
};
