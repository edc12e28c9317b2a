import type { KubeClient } from "../kube/client.js";
import { KubeError } from "../kube/kube-error.js";
import type { KubeObject } from "../kube/kube-object.js";
import { applyObject } from "../kube/objects.js";

/**
 * Has the API server check an object by the operator's own schema and by its webhooks, before
 * anything is sent anywhere; it keeps nothing of it. A webhook that is not up says nothing about
 * the object.
 *
 * @throws KubeError with every field that is wrong
 */
export async function checkOnServer(
  client: KubeClient,
  object: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  try {
    await applyObject(client, object, { dryRun: true, signal });
  } catch (error) {
    if (error instanceof KubeError && /webhook/.test(error.message)) return;
    throw error;
  }
}
