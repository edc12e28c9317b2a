import { setTimeout } from "node:timers/promises";
import { BeamlineError } from "beamline";
import { KubeError } from "./kube-error.js";

const PATIENCE_MS = 120_000;
const PAUSE_MS = 2_000;

/**
 * Asks again, for two minutes, when the API server does not answer or has no time: a laptop's
 * connection comes and goes, and what runs on the cluster runs on.
 */
export async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (signal.aborted || !isPassing(error) || performance.now() >= until) throw error;
      await setTimeout(PAUSE_MS, undefined, { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof KubeError) return error.status === 429 || error.status >= 500;
  return error instanceof BeamlineError && error.code === "KUBE_UNREACHABLE";
}
