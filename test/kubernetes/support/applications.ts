import { until } from "../../support/processes.js";
import type { TestCluster } from "./test-cluster.js";

const GROUP = "/apis/sparkoperator.k8s.io/v1beta2";

export interface ApplicationStatus {
  readonly state: string;
  readonly errorMessage: string;
}

/** Waits until an application is in one of the states and returns its status. */
export async function untilState(
  cluster: TestCluster,
  name: string,
  states: readonly string[],
): Promise<ApplicationStatus> {
  let status: ApplicationStatus = { state: "", errorMessage: "" };
  await untilSlow(`${name} to be ${states.join(" or ")}`, async () => {
    status = await statusOf(cluster, name);
    return states.includes(status.state);
  });
  return status;
}

export async function statusOf(cluster: TestCluster, name: string): Promise<ApplicationStatus> {
  const object: {
    readonly status?: {
      readonly applicationState?: { readonly state?: string; readonly errorMessage?: string };
    };
  } = JSON.parse(await cluster.api("GET", applicationPath(cluster, name)));
  const { state = "", errorMessage = "" } = object.status?.applicationState ?? {};
  return { state, errorMessage };
}

export function applicationPath(cluster: TestCluster, name = ""): string {
  const folder = `${GROUP}/namespaces/${cluster.jobNamespace}/sparkapplications`;
  return name === "" ? folder : `${folder}/${name}`;
}

/** Polls for five minutes: what takes pods and drivers may take that on a machine that many share. */
export async function untilSlow(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let minute = 1; ; minute++) {
    try {
      await until(what, condition);
      return;
    } catch (error) {
      if (minute === 5) throw error;
    }
  }
}
