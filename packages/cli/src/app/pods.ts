import type { KubeClient } from "../kube/client.js";
import type { KubeObject } from "../kube/kube-object.js";
import { listObjects } from "../kube/objects.js";

/** The fields of a pod that are read here. */
export interface PodObject extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly startTime?: string;
    readonly conditions?: readonly PodCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly exitCode?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt?: string | null;
    readonly finishedAt?: string | null;
  };
}

export type PodRole = "driver" | "executor";

/** A pod of an application. */
export interface AppPod {
  readonly name: string;
  readonly uid: string;
  readonly role: PodRole;
  /** As it is called in logs: `driver`, `exec-1`. */
  readonly label: string;
  readonly phase: string;
  readonly node: string | undefined;
  readonly started: Date | undefined;
  readonly finished: Date | undefined;
  /** Its Spark container, which its log is of. */
  readonly container: string;
  readonly containers: readonly ContainerStatus[];
  readonly conditions: readonly PodCondition[];
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** Whether it goes when its application is deleted. */
  readonly owned: boolean;
}

export const podLabels = {
  /** Of the operator; where its webhook was missing, Spark's own labels are all there is. */
  application: "sparkoperator.k8s.io/app-name",
  role: "spark-role",
  executorId: "spark-exec-id",
  sparkId: "spark-app-selector",
} as const;

/** The driver first, then executors in the order of their ids. */
export async function podsOf(
  client: KubeClient,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<readonly AppPod[]> {
  const pods = await listObjects<PodObject>(client, {
    apiVersion: "v1",
    kind: "Pod",
    namespace,
    labelSelector: `${podLabels.application}=${name}`,
    signal,
  });
  return pods.map(appPodOf).sort(inOrder);
}

export function appPodOf({ metadata, spec, status = {} }: PodObject): AppPod {
  const labels = metadata.labels ?? {};
  const role: PodRole = labels[podLabels.role] === "executor" ? "executor" : "driver";
  const { phase = "Unknown", startTime, reason, message } = status;
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const finished = containers.flatMap(({ state }) => state?.terminated?.finishedAt ?? []).at(-1);
  return {
    name: metadata.name,
    uid: metadata.uid ?? "",
    role,
    label: role === "driver" ? "driver" : `exec-${labels[podLabels.executorId] ?? metadata.name}`,
    phase,
    node: spec?.nodeName,
    started: startTime === undefined ? undefined : new Date(startTime),
    finished: finished === undefined ? undefined : new Date(finished),
    container: `spark-kubernetes-${role}`,
    containers,
    conditions: status.conditions ?? [],
    reason,
    message,
    owned: (metadata.ownerReferences ?? []).length > 0,
  };
}

function inOrder(a: AppPod, b: AppPod): number {
  if (a.role !== b.role) return a.role === "driver" ? -1 : 1;
  return a.label.localeCompare(b.label, "en", { numeric: true });
}
