import type { KubeRef } from "./kube-object.js";

/** Plural names of the kinds that the commands touch; those marked `cluster` have no namespace. */
const RESOURCES: Readonly<Record<string, { readonly plural: string; readonly cluster?: true }>> = {
  "v1/Namespace": { plural: "namespaces", cluster: true },
  "v1/Node": { plural: "nodes", cluster: true },
  "v1/Pod": { plural: "pods" },
  "v1/Service": { plural: "services" },
  "v1/ServiceAccount": { plural: "serviceaccounts" },
  "v1/ConfigMap": { plural: "configmaps" },
  "v1/Secret": { plural: "secrets" },
  "v1/Event": { plural: "events" },
  "v1/Endpoints": { plural: "endpoints" },
  "v1/ResourceQuota": { plural: "resourcequotas" },
  "v1/LimitRange": { plural: "limitranges" },
  "v1/PersistentVolumeClaim": { plural: "persistentvolumeclaims" },
  "apps/v1/Deployment": { plural: "deployments" },
  "apps/v1/DaemonSet": { plural: "daemonsets" },
  "rbac.authorization.k8s.io/v1/Role": { plural: "roles" },
  "rbac.authorization.k8s.io/v1/RoleBinding": { plural: "rolebindings" },
  "rbac.authorization.k8s.io/v1/ClusterRole": { plural: "clusterroles", cluster: true },
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": {
    plural: "clusterrolebindings",
    cluster: true,
  },
  "authorization.k8s.io/v1/SelfSubjectAccessReview": {
    plural: "selfsubjectaccessreviews",
    cluster: true,
  },
  "authorization.k8s.io/v1/SubjectAccessReview": { plural: "subjectaccessreviews", cluster: true },
  "apiextensions.k8s.io/v1/CustomResourceDefinition": {
    plural: "customresourcedefinitions",
    cluster: true,
  },
  "admissionregistration.k8s.io/v1/MutatingWebhookConfiguration": {
    plural: "mutatingwebhookconfigurations",
    cluster: true,
  },
  "admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration": {
    plural: "validatingwebhookconfigurations",
    cluster: true,
  },
  "sparkoperator.k8s.io/v1beta2/SparkApplication": { plural: "sparkapplications" },
  "sparkoperator.k8s.io/v1beta2/ScheduledSparkApplication": {
    plural: "scheduledsparkapplications",
  },
};

/** Path of a collection, or of one object in it. Without a namespace: of all namespaces. */
export function pathOf(
  ref: Omit<KubeRef, "name"> & { readonly name?: string | undefined },
): string {
  const { apiVersion, kind, namespace, name } = ref;
  const resource = RESOURCES[`${apiVersion}/${kind}`];
  if (resource === undefined) throw new Error(`No path is known for ${apiVersion} ${kind}`);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside =
    resource.cluster === true || namespace === undefined
      ? ""
      : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${inside}/${resource.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
