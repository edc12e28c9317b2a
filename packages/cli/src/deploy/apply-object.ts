import { setTimeout } from "node:timers/promises";
import type { KubeClient } from "../kube/client.js";
import { KubeError } from "../kube/kube-error.js";
import type { KubeObject } from "../kube/kube-object.js";
import { applyObject } from "../kube/objects.js";

export interface ApplyOptions {
  readonly signal: AbortSignal;
  readonly dryRun?: boolean;
  /** Seconds; default: as long as an operator takes to come up after its CA bundle was announced. */
  readonly patience?: number | undefined;
  /** Told once, when the first try did not get through. */
  readonly onRetry?: (reason: string) => void;
}

const PATIENCE = 60;
const PAUSE_MS = 2_000;

/**
 * Applies an object, server-side. Where the operator's webhook does not answer yet, as it does not
 * just after the operator was installed, it is tried again.
 */
export async function applyPatiently<T extends KubeObject>(
  client: KubeClient,
  object: T,
  { signal, dryRun, patience = PATIENCE, onRetry }: ApplyOptions,
): Promise<T> {
  const until = performance.now() + patience * 1000;
  for (let tries = 0; ; tries++) {
    try {
      return await applyObject(client, object, { signal, dryRun });
    } catch (error) {
      if (!isWebhookDown(error) || performance.now() >= until) throw error;
      if (tries === 0) onRetry?.("waiting for the Spark operator's webhook to come up");
      await setTimeout(PAUSE_MS, undefined, { signal });
    }
  }
}

/** Whether the API server asked an admission webhook in vain. */
export function isWebhookDown(error: unknown): boolean {
  return (
    error instanceof KubeError &&
    error.status >= 500 &&
    /failed calling webhook|failed to call webhook/.test(error.message)
  );
}
