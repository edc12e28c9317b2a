import type { DiagnosisRow } from "./row.js";

/** The operator, and what is left when nothing else explains a failure. */
export const clusterRows: readonly DiagnosisRow[] = [
  {
    id: "webhook",
    signs: [{ text: /failed calling webhook "([^"]+)"(.*)/s }],
    outlook: "stuck",
    cause: ({ groups: [webhook = "", rest = ""] }) =>
      `the API server cannot reach the webhook ${webhook} (${reasonIn(rest)})`,
    mend: () => [
      "kubectl get pods --all-namespaces --selector app.kubernetes.io/name=spark-operator",
      "kubectl rollout restart deployment/spark-operator-webhook --namespace spark-operator, then deploy again",
      "on EKS the nodes' security group must let the control plane in on port 9443",
    ],
  },
  {
    id: "not-watched",
    signs: [{ from: ["watch"], reason: /^Untouched$/ }],
    outlook: "stuck",
    cause: (_, { namespace }) =>
      `no Spark operator has touched the application: it does not run, or it does not watch the namespace ${namespace}`,
    mend: (_, { namespace }) => [
      `helm upgrade spark-operator spark-operator/spark-operator --namespace spark-operator --reuse-values --set 'spark.jobNamespaces={default,${namespace}}'`,
      "kubectl get deployment --all-namespaces --selector app.kubernetes.io/name=spark-operator",
      "or deploy into a namespace that it watches: --namespace default",
    ],
  },
  {
    id: "no-crd",
    signs: [
      {
        from: ["request"],
        text: /could not find the requested resource|404 page not found|no matches for kind "SparkApplication"/,
      },
    ],
    outlook: "ends",
    cause: () => "the cluster has no Spark operator: it does not know SparkApplications",
    mend: () => [
      "helm install spark-operator spark-operator/spark-operator --namespace spark-operator --create-namespace (its repository: https://kubeflow.github.io/spark-operator)",
    ],
  },
  {
    id: "stale-driver",
    signs: [
      { text: /pods "([\w.-]+-driver)" already exists/ },
      { from: ["application"], text: /driver pod already exist/ },
    ],
    outlook: "ends",
    explains: ["submission-refused"],
    cause: ({ groups: [pod] }, { app }) =>
      `there is a pod ${pod ?? `${app}-driver`} already: of an earlier application of this name, or of a first try of the operator`,
    mend: (_, { app, namespace }) => [
      `beamline app delete ${app} --namespace ${namespace} (takes such pods, too), then deploy again`,
    ],
  },
  {
    id: "submission-refused",
    generic: true,
    signs: [
      {
        from: ["application"],
        text: /failed to run spark-submit.*Exception in thread "main" [\w.$]*?(\w+: .+)/,
      },
      {
        from: ["application"],
        reason: /^(SUBMISSION_FAILED|FAILED)$/,
        text: /failed to run spark-submit: (.+)/,
      },
    ],
    outlook: "passes",
    cause: ({ groups: [what = ""] }) => `Spark refused to start the driver: ${what}`,
    mend: (_, { app, namespace, file = "FILE" }) => [
      `beamline deploy ${file} ... --dry-run shows what is sent; kubectl get sparkapplication ${app} --namespace ${namespace} --output yaml what arrived`,
    ],
  },
  {
    id: "executors-lost",
    generic: true,
    signs: [
      { from: ["log", "application"], text: /Max number of executor failures \((\d+)\) reached/ },
      { from: ["log"], text: /ExecutorLostFailure \((.*)/ },
    ],
    outlook: "passes",
    cause: ({ groups: [what = ""] }) =>
      /^\d+$/.test(what)
        ? `${what} executors in a row ended`
        : `an executor was lost (${what.slice(0, 160)})`,
    mend: (_, { app, namespace }) => [
      `beamline app logs ${app} --namespace ${namespace} --source executors`,
      `kubectl get pods --namespace ${namespace} --selector sparkoperator.k8s.io/app-name=${app}`,
    ],
  },
  {
    id: "driver-killed",
    generic: true,
    signs: [
      { from: ["container"], role: "driver", exitCode: 137 },
      { from: ["container"], role: "driver", exitCode: 143 },
      {
        from: ["application"],
        text: /driver container failed with ExitCode: (137|143), Reason: Error/,
      },
      {
        from: ["application"],
        text: /driver pod (?:not found|deleted|missing)|Driver Pod not found/i,
      },
    ],
    outlook: "passes",
    cause: ({ fact, groups: [code = fact.exitCode] }) =>
      code === undefined
        ? "the driver's pod is gone: it was deleted, or its node went"
        : `the driver was killed from outside (exit code ${code})`,
    mend: (_, { file = "FILE" }) => [
      `let it be tried again by itself: beamline deploy ${file} ... --set spec.restartPolicy.type=OnFailure --set spec.restartPolicy.onFailureRetries=3`,
    ],
  },
  {
    id: "driver-exit",
    generic: true,
    signs: [
      { from: ["log"], role: "driver", text: /^Caused by: (.+)$/ },
      { from: ["log"], role: "driver", text: /^Exception in thread "[^"]*" (.+)$/ },
      { from: ["log"], role: "driver", text: /ERROR [\w.]+: (.+)$/ },
      { from: ["container"], role: "driver", reason: /^Error$/ },
      { from: ["application"], reason: /^(FAILED|SUBMISSION_FAILED)$/, text: /^(.+)/ },
    ],
    outlook: "passes",
    cause: ({ fact, groups: [what] }) =>
      what === undefined
        ? `the driver ended with exit code ${fact.exitCode ?? "unknown"}`
        : `the driver failed: ${what.slice(0, 300)}`,
    mend: (_, { app, namespace }) => [`beamline app logs ${app} --namespace ${namespace}`],
  },
];

/** What stands at the end of the API server's long sentence. */
function reasonIn(text: string): string {
  if (/connection refused/.test(text))
    return "connection refused: it is not up yet, or not any more";
  if (/no endpoints available/.test(text)) return "no pod of it is ready";
  if (/x509/.test(text)) return "its certificate is not the one that was announced";
  if (/deadline exceeded|timeout|i\/o timeout/.test(text)) return "it does not answer in time";
  if (/service "[^"]+" not found/.test(text)) return "its service is not there";
  return text.split(": ").at(-1)?.trim() || "no reason given";
}
