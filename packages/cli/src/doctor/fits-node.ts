import type { NodeExpression, PodSpec, Toleration } from "../manifest/spark-application.js";
import type { Node, Taint } from "./kube-types.js";

type Placed = Pick<PodSpec, "nodeSelector" | "tolerations" | "affinity">;

/** Whether the scheduler may put a pod on a node, its size aside. */
export function mayRunOn(pod: Placed, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const isReady = node.status?.conditions?.some(
    ({ type, status }) => type === "Ready" && status === "True",
  );
  if (isReady === false || node.spec?.unschedulable === true) return false;
  const selected = Object.entries(pod.nodeSelector ?? {}).every(
    ([key, value]) => labels[key] === value,
  );
  const terms =
    pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const attracted =
    terms === undefined ||
    terms.some(({ matchExpressions = [] }) =>
      matchExpressions.every((expression) => agrees(expression, labels)),
    );
  const repelled = (node.spec?.taints ?? []).some(
    (taint) =>
      taint.effect !== "PreferNoSchedule" &&
      !(pod.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
  return selected && attracted && !repelled;
}

function agrees(
  { key, operator, values = [] }: NodeExpression,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    // Gt and Lt come by patches only.
    default:
      return true;
  }
}

function tolerates(toleration: Partial<Toleration>, taint: Taint): boolean {
  const { key, operator, value = "", effect } = toleration;
  if (effect !== undefined && effect !== taint.effect) return false;
  if (operator === "Exists") return key === undefined || key === taint.key;
  return key === taint.key && value === (taint.value ?? "");
}
