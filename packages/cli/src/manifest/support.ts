import type { KubeObject } from "../kube/kube-object.js";
import type { ManifestSettings } from "./settings.js";
import type { StringMap } from "./spark-application.js";

export interface ServiceAccount extends KubeObject {
  readonly apiVersion: "v1";
  readonly kind: "ServiceAccount";
}

export interface Role extends KubeObject {
  readonly apiVersion: "rbac.authorization.k8s.io/v1";
  readonly kind: "Role";
  readonly rules: readonly PolicyRule[];
}

export interface RoleBinding extends KubeObject {
  readonly apiVersion: "rbac.authorization.k8s.io/v1";
  readonly kind: "RoleBinding";
  readonly subjects: readonly {
    readonly kind: "ServiceAccount";
    readonly name: string;
    readonly namespace: string;
  }[];
  readonly roleRef: {
    readonly apiGroup: "rbac.authorization.k8s.io";
    readonly kind: "Role";
    readonly name: string;
  };
}

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * What Spark's driver does in its namespace: it starts and watches executors, and keeps a service,
 * its configuration and claims for them; at the end it deletes them as collections, by label.
 */
export const driverRules: readonly PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["pods", "services", "configmaps", "persistentvolumeclaims"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"],
  },
];

/** The driver's account and its rights, in the application's namespace. */
export function supportObjects(
  namespace: string,
  settings: ManifestSettings,
  labels: StringMap,
): readonly [ServiceAccount, Role, RoleBinding] {
  const { serviceAccount: name, identity, roleArn } = settings;
  const irsa = identity === "irsa" && roleArn !== undefined;
  const metadata = { name, namespace, labels };
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: irsa
        ? { ...metadata, annotations: { "eks.amazonaws.com/role-arn": roleArn } }
        : metadata,
    },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata, rules: driverRules },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      subjects: [{ kind: "ServiceAccount", name, namespace }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    },
  ];
}
