import { describe, expect, test } from "vitest";
import type { RunnerName } from "./beamline.js";
import { STREAM_ROWS } from "./stream-rows.js";
import type { UseServer } from "./use-server.js";

export interface StreamOptions {
  readonly runner: RunnerName;
  readonly server: UseServer;
  /** Rows that the runner must refuse at submit, and in which words. */
  readonly mustFail?: Readonly<Record<string, RegExp>>;
}

/** Starting a streaming job, and letting windows of seconds pass, takes its time. */
const TIMEOUT_MS = 170_000;

/** Runs streams on a runner, with workers in this process: those that end, and those that go on. */
export function testStreams({ runner, server, mustFail = {} }: StreamOptions): void {
  const options = () => ({ jobEndpoint: server.address(), runner });
  describe(`streams on ${runner}`, () => {
    for (const { name, run } of STREAM_ROWS) {
      const refusal = mustFail[name];
      if (refusal === undefined) {
        // Once more where it hangs: on a machine with far more to do than cores, timers of the clock
        // have been seen to stop on Flink.
        test(name, { timeout: TIMEOUT_MS, retry: 1 }, async () => {
          await run({ ...options(), signal: AbortSignal.timeout(TIMEOUT_MS - 10_000) });
        });
      } else {
        test(`${name} is refused`, async () => {
          await expect(run(options())).rejects.toThrow(refusal);
        });
      }
    }
  });
}
