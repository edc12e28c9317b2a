import type { KubeClient } from "../../kube/client.js";
import { diagnose, type Finding } from "./diagnose.js";
import type { DiagnosisContext } from "./fact.js";
import { gatherFacts } from "./gather-facts.js";

/** What keeps an application from running and does not pass by itself, as far as pods and events tell. */
export async function troubleOf(
  client: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  context: DiagnosisContext,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const now = new Date();
  const facts = await gatherFacts(client, namespace, name, { signal, logs: false, now });
  return diagnose(facts, context).filter(({ outlook }) => outlook !== "passes");
}
