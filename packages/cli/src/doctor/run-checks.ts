import { BeamlineError } from "beamline";
import { KubeError } from "../kube/kube-error.js";
import { type Check, type CheckReport, type CheckResult, fail, NotChecked, warn } from "./check.js";
import type { World } from "./world.js";

export interface RunChecksOptions {
  /** For each check, all of which run at once. Default: 15 s. */
  readonly timeoutMs?: number;
  readonly onReport?: (report: CheckReport) => void;
}

const TIMEOUT_MS = 15_000;

/** Runs checks side by side, none longer than its time; the reports are in the checks' order. */
export async function runChecks(
  checks: readonly Check[],
  world: World,
  { timeoutMs = TIMEOUT_MS, onReport }: RunChecksOptions = {},
): Promise<readonly CheckReport[]> {
  return await Promise.all(
    checks.map(async (check) => {
      const { id, proves } = check;
      const report = { id, proves, ...(await runCheck(check, world, timeoutMs)) };
      onReport?.(report);
      return report;
    }),
  );
}

async function runCheck(check: Check, world: World, timeoutMs: number): Promise<CheckResult> {
  const { promise: late, resolve } = promiseWithResolvers<CheckResult>();
  const timer = setTimeout(
    () =>
      resolve(fail(`no answer in ${timeoutMs / 1000} s`, "see that it can be reached from here")),
    timeoutMs,
  );
  try {
    return await Promise.race([check.run(world), late]);
  } catch (error) {
    world.signal.throwIfAborted();
    return resultOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** A failure in words; "Cannot X: it is so; do that" is evidence and mending in one. */
function resultOf(error: unknown): CheckResult {
  if (error instanceof NotChecked) return { outcome: "skipped", evidence: error.message };
  if (!(error instanceof BeamlineError)) throw error;
  const at = error.message.indexOf("; ");
  const evidence = at < 0 ? error.message : error.message.slice(0, at);
  const mend = at < 0 ? "see the message" : error.message.slice(at + 2);
  // Not being allowed to look says nothing about what there is.
  if (error instanceof KubeError && error.status === 403) return warn(evidence, mend);
  return fail(evidence, mend);
}

function promiseWithResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
