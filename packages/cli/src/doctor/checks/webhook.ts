import { BeamlineError } from "beamline";
import { KubeError } from "../../kube/kube-error.js";
import type { KubeObject } from "../../kube/kube-object.js";
import { createObject, getObject, listObjects } from "../../kube/objects.js";
import { type Check, fail, NotChecked, ok, warn } from "../check.js";
import type { WebhookConfiguration } from "../kube-types.js";
import type { World } from "../world.js";
import { upgrade } from "./operator.js";

/** A create that changes nothing: the API server asks the webhooks, as it will in earnest. */
export const webhookCheck: Check = {
  id: "webhook",
  proves: "the operator's webhook answers, so that tolerations, affinity and volumes are obeyed",
  async run(world) {
    const client = await world.client();
    const { signal, namespace } = world;
    const known = await operatorsWebhooks(world);
    const refusal = await tryToCreate(world);
    const { webhook, controller } = await world.operator();
    const home = webhook?.metadata.namespace ?? controller?.metadata.namespace ?? "spark-operator";
    if (refusal !== undefined) {
      if (refusal.status === 404) {
        const at = await getObject(
          client,
          { apiVersion: "v1", kind: "Namespace", name: namespace },
          { signal },
        );
        throw new NotChecked(
          at === undefined
            ? `there is no namespace ${namespace}`
            : "there are no SparkApplications",
        );
      }
      const words = refusal.body.message ?? "";
      if (/failed calling webhook|webhook .* (refused|timeout)/i.test(words)) {
        const name = webhook?.metadata.name ?? "spark-operator-webhook";
        return fail(words, `kubectl --namespace ${home} rollout restart deployment ${name}`);
      }
      if (/denied the request/.test(words)) {
        return fail(words, "mend what it names; it would refuse the deploy in the same way");
      }
      // A field that the schema refuses is the check "crd"'s.
      if (refusal.status === 422 || refusal.status === 400)
        throw new NotChecked("the application is refused before it is asked");
      throw refusal;
    }
    if (known.length === 0) {
      return warn(
        "the operator has no webhook: tolerations, affinity and volumes would be ignored, and the driver's pod would outlive its application",
        upgrade(home, "webhook.enable=true"),
      );
    }
    return ok(`${known.join(", ")} took a create on trial`);
  },
};

async function tryToCreate(world: World): Promise<KubeError | undefined> {
  const { application } = world.manifest;
  // A name that nobody has: one that is there would be refused for that.
  const name = `beamline-doctor-${Date.now().toString(36)}`;
  const metadata = { ...application.metadata, name };
  const trial: KubeObject = { ...application, metadata };
  try {
    await createObject(await world.client(), trial, { dryRun: true, signal: world.signal });
    return undefined;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
}

/** Webhooks for pods of Spark or for applications, by the names of their configurations. */
async function operatorsWebhooks(world: World): Promise<readonly string[]> {
  const client = await world.client();
  try {
    const configurations = await listObjects<WebhookConfiguration>(client, {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      signal: world.signal,
    });
    return configurations
      .filter(({ webhooks = [] }) =>
        webhooks.some(({ name }) => name.endsWith("sparkoperator.k8s.io")),
      )
      .map(({ metadata }) => metadata.name);
  } catch (error) {
    // Not everyone may read them; the trial speaks for itself.
    if (error instanceof BeamlineError) return ["the webhooks (not readable to you)"];
    throw error;
  }
}
