import type { TestCluster } from "./test-cluster.js";

export interface Pod {
  readonly name: string;
  readonly phase: string;
}

/** The pods of an application, or those of one role, as they are now. */
export async function podsOf(
  cluster: TestCluster,
  app: string,
  role?: "driver" | "executor",
): Promise<readonly Pod[]> {
  const roles = role === undefined ? "" : `,spark-role=${role}`;
  const selector = encodeURIComponent(`sparkoperator.k8s.io/app-name=${app}${roles}`);
  const path = `/api/v1/namespaces/${cluster.jobNamespace}/pods?labelSelector=${selector}`;
  const { items }: { items: { metadata: { name: string }; status: { phase: string } }[] } =
    JSON.parse(await cluster.api("GET", path));
  return items.map(({ metadata: { name }, status: { phase } }) => ({ name, phase }));
}

/** One of the application's executors that run, if one does. */
export async function runningExecutor(
  cluster: TestCluster,
  app: string,
): Promise<string | undefined> {
  const pods = await podsOf(cluster, app, "executor");
  return pods.find(({ phase }) => phase === "Running")?.name;
}
