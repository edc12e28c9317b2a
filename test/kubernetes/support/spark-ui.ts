import type { TestCluster } from "./test-cluster.js";

interface Stage {
  readonly status: string;
  readonly numActiveTasks: number;
  readonly firstTaskLaunchedTime?: string;
}

interface Executor {
  readonly id: string;
  readonly activeTasks: number;
}

/**
 * Spark's numbers of the executors that have been at work on one stage for some seconds; empty before
 * and after. Asks the driver's REST API through the API server.
 */
export async function busyExecutors(cluster: TestCluster, app: string): Promise<readonly string[]> {
  const pods = `/api/v1/namespaces/${cluster.jobNamespace}/pods`;
  const root = `${pods}/${app}-driver:4040/proxy/api/v1/applications`;
  const applications: readonly { readonly id: string }[] = JSON.parse(
    await cluster.api("GET", root),
  );
  const own = `${root}/${applications[0]?.id}`;
  const stages: readonly Stage[] = JSON.parse(
    await cluster.api("GET", `${own}/stages?status=active`),
  );
  const since = Date.now() - 3000;
  const atWork = stages.some(({ numActiveTasks, firstTaskLaunchedTime = "" }) => {
    const started = Date.parse(firstTaskLaunchedTime.replace("GMT", "Z"));
    return numActiveTasks > 0 && started < since;
  });
  if (!atWork) return [];
  const executors: readonly Executor[] = JSON.parse(await cluster.api("GET", `${own}/executors`));
  return executors
    .filter(({ id, activeTasks }) => id !== "driver" && activeTasks > 0)
    .map(({ id }) => id);
}
