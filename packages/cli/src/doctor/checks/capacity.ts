import { listObjects } from "../../kube/objects.js";
import { countOf } from "../../text/names.js";
import { type Check, fail, ok, warn } from "../check.js";
import { mayRunOn } from "../fits-node.js";
import type { Node, Pod, ResourceQuota } from "../kube-types.js";
import { type PodRequest, podRequests } from "../pod-requests.js";
import { formatCores, formatMemory, parseQuantity } from "../quantity.js";

export const quotaCheck: Check = {
  id: "quota",
  proves: "the namespace's quotas leave room for driver and executors",
  async run(world) {
    const { namespace, signal, spec } = world;
    const client = await world.client();
    const kind = { apiVersion: "v1", kind: "ResourceQuota" };
    const quotas = await listObjects<ResourceQuota>(client, { ...kind, namespace, signal });
    const counted = quotas.filter(
      (quota) => (quota.spec?.scopes ?? []).length === 0 && quota.spec?.scopeSelector === undefined,
    );
    if (counted.length === 0) return ok(`${namespace} has no quota`);
    const wanted = totals(podRequests(spec));
    const short = counted.flatMap(({ metadata, status }) =>
      Object.entries(wanted).flatMap(([resource, amount]) => {
        const hard = status?.hard?.[resource];
        if (hard === undefined) return [];
        const used = parseQuantity(status?.used?.[resource] ?? "0");
        const free = parseQuantity(hard) - used;
        if (amount <= free) return [];
        const show = resource.includes("memory") ? formatMemory : formatCores;
        return [
          `${metadata.name} leaves ${show(Math.max(0, free))} of ${resource}, and ${show(amount)} is wanted`,
        ];
      }),
    );
    if (short.length === 0) return ok(counted.map(({ metadata }) => metadata.name).join(", "));
    return fail(
      short.join("; "),
      `--profile dev or smaller --executors, or: kubectl edit resourcequota --namespace ${namespace}`,
    );
  },
};

/** Spark's pods have a limit of memory that is their request. */
function totals(requests: readonly PodRequest[]): Readonly<Record<string, number>> {
  const sum = (of: (request: PodRequest) => number) =>
    requests.reduce((total, request) => total + request.count * of(request), 0);
  const cores = sum((request) => request.cores);
  const memory = sum((request) => request.memory);
  const pods = sum(() => 1);
  return {
    cpu: cores,
    "requests.cpu": cores,
    memory,
    "requests.memory": memory,
    "limits.memory": memory,
    pods,
    "count/pods": pods,
  };
}

interface Room {
  readonly node: Node;
  cores: number;
  memory: number;
}

export const capacityCheck: Check = {
  id: "capacity",
  proves: "nodes have room for driver and executors",
  async run(world) {
    const { spec } = world;
    const [nodes, pods] = await Promise.all([world.nodes(), world.pods()]);
    const rooms = nodes.map((node) => roomOn(node, pods ?? []));
    const problems: string[] = [];
    let isImpossible = false;
    for (const request of podRequests(spec)) {
      const { role, count, cores, memory } = request;
      const size = `${formatCores(cores)} cores and ${formatMemory(memory)}`;
      const fitting = rooms.filter(({ node }) => mayRunOn(spec[role], node));
      const largeEnough = fitting.filter(
        ({ node }) => coresOf(node) >= cores && memoryOf(node) >= memory,
      );
      if (fitting.length === 0) {
        isImpossible = true;
        problems.push(`no node may run the ${role}, by its labels and taints`);
      } else if (largeEnough.length === 0) {
        isImpossible = true;
        const most = `${formatCores(Math.max(...fitting.map(({ node }) => coresOf(node))))} cores, ${formatMemory(Math.max(...fitting.map(({ node }) => memoryOf(node))))}`;
        problems.push(
          `no node is large enough for the ${role}: it wants ${size}, the most is ${most}`,
        );
      } else {
        const placed = place(request, fitting);
        if (placed < count)
          problems.push(`there is room for ${placed} of ${count} ${role}s of ${size} now`);
      }
    }
    if (problems.length === 0) {
      const list = podRequests(spec).map(
        ({ role, count, cores, memory }) =>
          `${countOf(count, role)} of ${formatCores(cores)} cores and ${formatMemory(memory)}`,
      );
      const note = pods === undefined ? ", what runs there now not counted" : "";
      return ok(
        `${list.join(", ")} on ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}${note}`,
      );
    }
    const scaler = nodes.find(({ metadata }) => isScaled(metadata.labels ?? {}));
    const evidence = problems.join("; ");
    if (scaler !== undefined) {
      return warn(
        `${evidence}; nodes come by themselves here (${scaler.metadata.name} is one), so pods may wait for one`,
        "nothing, if the node pools allow such a node",
      );
    }
    const mend =
      "--profile dev, or smaller --executor-cores, --executor-memory and --executors; or add nodes";
    return isImpossible ? fail(evidence, mend) : warn(`${evidence}; the others would wait`, mend);
  },
};

function roomOn(node: Node, pods: readonly Pod[]): Room {
  const requests = pods
    .filter(({ spec }) => spec?.nodeName === node.metadata.name)
    .flatMap(({ spec }) => spec?.containers ?? [])
    .map(({ resources }) => resources?.requests ?? {});
  const used = (resource: string) =>
    requests.reduce((sum, each) => sum + parseQuantity(each[resource] ?? "0"), 0);
  return { node, cores: coresOf(node) - used("cpu"), memory: memoryOf(node) - used("memory") };
}

/** Puts as many as there is room for, and takes that room. */
function place({ count, cores, memory }: PodRequest, rooms: readonly Room[]): number {
  let placed = 0;
  for (const room of rooms) {
    while (placed < count && room.cores >= cores && room.memory >= memory) {
      room.cores -= cores;
      room.memory -= memory;
      placed++;
    }
  }
  return placed;
}

const coresOf = ({ status }: Node) => parseQuantity(status?.allocatable?.cpu ?? "0");
const memoryOf = ({ status }: Node) => parseQuantity(status?.allocatable?.memory ?? "0");

/** Karpenter, EKS Auto Mode and the autoscaler of node groups label their nodes. */
function isScaled(labels: Readonly<Record<string, string>>): boolean {
  return Object.keys(labels).some((key) =>
    /^karpenter\.sh\/|^eks\.amazonaws\.com\/compute-type$/.test(key),
  );
}
