import type { KubeClient } from "../../kube/client.js";
import { KubeError } from "../../kube/kube-error.js";
import type { KubeObject } from "../../kube/kube-object.js";
import { listObjects } from "../../kube/objects.js";

/** A History Server that the cluster has. */
export interface InstalledServer {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

interface ServiceObject extends KubeObject {
  readonly spec?: { readonly ports?: readonly { readonly port?: number }[] };
}

/** As the Helm charts and deploy/terraform label it. */
const LABEL = "app.kubernetes.io/name=spark-history-server";

/** The History Server of the cluster; undefined when there is none that people may look for. */
export async function installedServer(
  client: KubeClient,
  signal?: AbortSignal,
): Promise<InstalledServer | undefined> {
  for (const namespace of [undefined, client.namespace]) {
    try {
      const [service] = await listObjects<ServiceObject>(client, {
        apiVersion: "v1",
        kind: "Service",
        namespace,
        labelSelector: LABEL,
        signal,
      });
      if (service === undefined) return undefined;
      return {
        namespace: service.metadata.namespace ?? client.namespace,
        service: service.metadata.name,
        port: service.spec?.ports?.[0]?.port ?? 18080,
      };
    } catch (error) {
      // Not all may look into all namespaces.
      if (!(error instanceof KubeError && error.status === 403)) throw error;
    }
  }
  return undefined;
}
