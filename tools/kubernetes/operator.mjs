import { api, apply } from "./api.mjs";
import { REGISTRY } from "./stores.mjs";

/**
 * @import { Access, KubeObject } from "./api.mjs"
 * @import { Servers } from "./servers.mjs"
 */

const NAMESPACE = "spark-operator";
const WEBHOOK = "spark-operator-webhook";
const WEBHOOK_PORT = 9443;

/**
 * Each event of an application that comes while its driver is submitted doubles the wait before the
 * operator looks at it again: minutes on a machine that many share, unless there is a limit.
 */
const LONGEST_WAIT = "--workqueue-ratelimiter-max-delay=1s";
/** Of `spark-submit`, which lives for seconds: thorough compilation never pays for itself. */
const JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

/** The one namespace whose applications the operator acts on. */
export const JOB_NAMESPACE = "default";
/** Under which drivers may run there. */
export const SERVICE_ACCOUNT = "spark-operator-spark";

/**
 * Installs the Spark operator as its Helm chart does, with names and labels of a release called
 * spark-operator, and waits until it takes applications.
 * @param {{ servers: Servers, access: Access, version: string }} options
 */
export async function installOperator({ servers, access, version }) {
  /** @type {(plural: string, object: KubeObject) => Promise<string>} */
  const put = (plural, object) => apply(access, plural, object);
  await put("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  await Promise.all([...operatorAccount(put), ...jobAccount(put)]);
  const args = [`--namespaces=${JOB_NAMESPACE}`, "--leader-election=false"];
  await Promise.all([
    put("services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: `${WEBHOOK}-svc`, namespace: NAMESPACE },
      spec: {
        selector: labelsOf("webhook"),
        ports: [{ port: WEBHOOK_PORT, targetPort: WEBHOOK_PORT }],
      },
    }),
    put(
      "deployments",
      deployment("controller", version, ["controller", "start", LONGEST_WAIT, ...args]),
    ),
    put(
      "deployments",
      deployment("webhook", version, [
        "webhook",
        "start",
        ...args,
        `--webhook-secret-name=${WEBHOOK}-certs`,
        `--webhook-secret-namespace=${NAMESPACE}`,
        `--webhook-svc-name=${WEBHOOK}-svc`,
        `--webhook-svc-namespace=${NAMESPACE}`,
        `--webhook-port=${WEBHOOK_PORT}`,
      ]),
    ),
    ...webhookConfigurations(put),
  ]);
  for (const component of ["controller", "webhook"]) {
    await servers.until(`the operator's ${component}`, async () => {
      const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/spark-operator-${component}`;
      return JSON.parse(await api(access, "GET", path)).status?.availableReplicas === 1;
    });
  }
  await servers.until("the operator's webhook to answer", () => tryApplication(access));
}

/**
 * @param {(plural: string, object: KubeObject) => Promise<string>} put
 * @returns {Promise<string>[]}
 */
function operatorAccount(put) {
  const apiGroup = "rbac.authorization.k8s.io";
  const name = "spark-operator-controller";
  return [
    put("serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name, namespace: NAMESPACE },
    }),
    put("clusterrolebindings", {
      apiVersion: `${apiGroup}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      subjects: [{ kind: "ServiceAccount", name, namespace: NAMESPACE }],
      roleRef: { apiGroup, kind: "ClusterRole", name: "cluster-admin" },
    }),
  ];
}

/**
 * The account under which the chart lets drivers run.
 * @param {(plural: string, object: KubeObject) => Promise<string>} put
 * @returns {Promise<string>[]}
 */
function jobAccount(put) {
  const apiGroup = "rbac.authorization.k8s.io";
  const metadata = { name: SERVICE_ACCOUNT, namespace: JOB_NAMESPACE };
  const { name, namespace } = metadata;
  return [
    put("serviceaccounts", { apiVersion: "v1", kind: "ServiceAccount", metadata }),
    put("roles", {
      apiVersion: `${apiGroup}/v1`,
      kind: "Role",
      metadata,
      rules: [
        {
          apiGroups: [""],
          resources: ["pods", "configmaps", "persistentvolumeclaims", "services"],
          verbs: [
            "get",
            "list",
            "watch",
            "create",
            "update",
            "patch",
            "delete",
            "deletecollection",
          ],
        },
      ],
    }),
    put("rolebindings", {
      apiVersion: `${apiGroup}/v1`,
      kind: "RoleBinding",
      metadata,
      subjects: [{ kind: "ServiceAccount", name, namespace }],
      roleRef: { apiGroup, kind: "Role", name },
    }),
  ];
}

/** @param {string} component */
function labelsOf(component) {
  return {
    "app.kubernetes.io/name": "spark-operator",
    "app.kubernetes.io/instance": "spark-operator",
    "app.kubernetes.io/component": component,
  };
}

/**
 * @param {string} component
 * @param {string} version
 * @param {string[]} args
 * @returns {KubeObject}
 */
function deployment(component, version, args) {
  const labels = labelsOf(component);
  const mounts = [
    { name: "tmp", mountPath: "/tmp" },
    { name: "certs", mountPath: "/etc/k8s-webhook-server/serving-certs" },
  ];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `spark-operator-${component}`, namespace: NAMESPACE, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "spark-operator-controller",
          securityContext: { fsGroup: 185 },
          containers: [
            {
              name: `spark-operator-${component}`,
              image: `${REGISTRY}/spark-operator:${version}`,
              args,
              env: [{ name: "JAVA_TOOL_OPTIONS", value: JAVA_OPTIONS }],
              readinessProbe: { httpGet: { port: 8081, path: "/readyz" }, periodSeconds: 1 },
              volumeMounts: mounts,
            },
          ],
          volumes: mounts.map(({ name }) => ({ name, emptyDir: {} })),
        },
      },
    },
  };
}

/**
 * @param {(plural: string, object: KubeObject) => Promise<string>} put
 * @returns {Promise<string>[]}
 */
function webhookConfigurations(put) {
  const applications = ["sparkapplications", "scheduledsparkapplications"];
  const group = "sparkoperator.k8s.io";
  const onApplications = (/** @type {string} */ verb) =>
    applications.map((resource) =>
      webhook(
        `${verb}-sparkoperator-k8s-io-v1beta2-${resource.slice(0, -1)}`,
        { apiGroups: [group], apiVersions: ["v1beta2"], resources: [resource] },
        ["CREATE", "UPDATE"],
      ),
    );
  const pods = {
    ...webhook("mutate--v1-pod", { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }, [
      "CREATE",
    ]),
    objectSelector: { matchLabels: { [`${group}/launched-by-spark-operator`]: "true" } },
  };
  const apiVersion = "admissionregistration.k8s.io/v1";
  const metadata = { name: WEBHOOK };
  return [
    put("mutatingwebhookconfigurations", {
      apiVersion,
      kind: "MutatingWebhookConfiguration",
      metadata,
      webhooks: [pods, ...onApplications("mutate")],
    }),
    put("validatingwebhookconfigurations", {
      apiVersion,
      kind: "ValidatingWebhookConfiguration",
      metadata,
      webhooks: onApplications("validate"),
    }),
  ];
}

/**
 * @param {string} name also its path
 * @param {Record<string, string[]>} resources
 * @param {string[]} operations
 */
function webhook(name, resources, operations) {
  const service = {
    name: `${WEBHOOK}-svc`,
    namespace: NAMESPACE,
    port: WEBHOOK_PORT,
    path: `/${name}`,
  };
  return {
    name: `${name}.sparkoperator.k8s.io`,
    admissionReviewVersions: ["v1"],
    clientConfig: { service },
    sideEffects: "NoneOnDryRun",
    failurePolicy: "Fail",
    namespaceSelector: {
      matchExpressions: [
        { key: "kubernetes.io/metadata.name", operator: "In", values: [JOB_NAMESPACE] },
      ],
    },
    rules: [{ ...resources, operations }],
    timeoutSeconds: 10,
  };
}

/** @param {Access} access */
function tryApplication(access) {
  const path = `/apis/sparkoperator.k8s.io/v1beta2/namespaces/${JOB_NAMESPACE}/sparkapplications`;
  const spec = { type: "Java", sparkVersion: "3.5.3", mainApplicationFile: "local:///none" };
  const body = JSON.stringify({
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name: "tried" },
    spec: { ...spec, driver: {}, executor: {} },
  });
  return api(access, "POST", `${path}?dryRun=All`, { body });
}
