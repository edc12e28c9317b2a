import type { KubeClient } from "../../kube/client.js";
import { podProxyPath } from "../../kube/proxy-path.js";
import type { SparkProgress } from "./spark-progress.js";
import { progressOf, type SparkExecutor, type SparkStage } from "./spark-rest.js";

export const SPARK_UI_PORT = 4040;
const TIMEOUT_MS = 4000;

/**
 * What the driver says of its stages and executors, through the API server; undefined while its UI
 * is not up, or not any more.
 */
export async function liveProgress(
  client: KubeClient,
  { namespace, driverPod }: { readonly namespace: string; readonly driverPod: string },
  signal?: AbortSignal,
): Promise<SparkProgress | undefined> {
  const root = `${podProxyPath(namespace, driverPod, SPARK_UI_PORT)}/api/v1/applications`;
  const get = async <T>(path: string): Promise<T> =>
    await client.json<T>({ path: root + path, signal, timeoutMs: TIMEOUT_MS });
  try {
    const [application] = await get<readonly { readonly id?: string }[]>("");
    if (application?.id === undefined) return undefined;
    const [stages, executors] = await Promise.all([
      get<readonly SparkStage[]>(`/${application.id}/stages`),
      get<readonly SparkExecutor[]>(`/${application.id}/allexecutors`),
    ]);
    return progressOf(stages, executors);
  } catch {
    // Its answers are an extra: no failure of them is one of the application.
    return undefined;
  }
}
