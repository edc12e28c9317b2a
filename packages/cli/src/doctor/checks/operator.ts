import { compareVersions } from "../../jvm/compare-versions.js";
import { schemaProblems } from "../../manifest/check-schema.js";
import { schemasOfCluster } from "../../manifest/find-schemas.js";
import { type Check, fail, NotChecked, ok, warn } from "../check.js";
import type { Deployment } from "../kube-types.js";
import type { World } from "../world.js";

const CHART = "spark-operator spark-operator/spark-operator";

function install(namespace: string): string {
  return `helm repo add spark-operator https://kubeflow.github.io/spark-operator && helm install ${CHART} --namespace spark-operator --create-namespace --set 'spark.jobNamespaces={${namespace}}'`;
}

/** The chart's release with something changed. */
export function upgrade(operatorNamespace: string, set: string): string {
  return `helm upgrade ${CHART} --namespace ${operatorNamespace} --reuse-values --set '${set}'`;
}

export const operatorCheck: Check = {
  id: "operator",
  proves: "a Spark operator of version 2 runs",
  async run(world) {
    const { controller } = await world.operator();
    if (controller === undefined) {
      return fail("there is no Spark operator in the cluster", install(world.namespace));
    }
    const { name, namespace = "default" } = controller.metadata;
    const version = versionOf(controller);
    const seen = `${namespace}/${name}${version === undefined ? "" : `, version ${version}`}`;
    if ((controller.status?.readyReplicas ?? 0) === 0) {
      return fail(
        `${seen}: none of its pods is ready`,
        `kubectl --namespace ${namespace} describe deployment ${name}`,
      );
    }
    if (version !== undefined && compareVersions(version, "2") < 0) {
      return warn(`${seen}: Beamline is made for version 2`, `helm upgrade ${CHART}`);
    }
    return ok(seen);
  },
};

function versionOf({ metadata, spec }: Deployment): string | undefined {
  const label = metadata.labels?.["app.kubernetes.io/version"];
  const image = spec.template.spec.containers[0]?.image;
  return label ?? /:v?(\d+\.\d+[\w.-]*)$/.exec(image ?? "")?.[1];
}

export const jobNamespacesCheck: Check = {
  id: "job-namespaces",
  proves: "the operator watches the application's namespace",
  async run(world) {
    const { namespace } = world;
    const controller = await controllerOf(world);
    const watched = watchedNamespaces(controller);
    if (watched === "all") return ok("it watches all namespaces");
    const list = watched.join(", ");
    if (watched.includes(namespace)) return ok(`it watches ${list}`);
    return fail(
      `it watches ${list} and not ${namespace}: nothing would happen to the application`,
      upgrade(
        controller.metadata.namespace ?? "spark-operator",
        `spark.jobNamespaces={${[...watched, namespace].join(",")}}`,
      ),
    );
  },
};

/** What `--namespaces` says; without it, or with an empty name in it, the operator watches all. */
export function watchedNamespaces({ spec }: Deployment): "all" | readonly string[] {
  const words = spec.template.spec.containers.flatMap(({ command = [], args = [] }) => [
    ...command,
    ...args,
  ]);
  const names: string[] = [];
  for (const [index, word] of words.entries()) {
    const [, inline] = /^--namespaces=(.*)$/.exec(word) ?? [];
    const text = inline ?? (word === "--namespaces" ? words[index + 1] : undefined);
    if (text !== undefined) names.push(...text.replaceAll('"', "").split(","));
  }
  return names.length === 0 || names.includes("") ? "all" : names;
}

async function controllerOf(world: World): Promise<Deployment> {
  const { controller } = await world.operator();
  if (controller === undefined) throw new NotChecked("there is no Spark operator");
  return controller;
}

export const crdCheck: Check = {
  id: "crd",
  proves: "the operator's resource types are there, and take this application",
  async run(world) {
    const client = await world.client();
    const schemas = await schemasOfCluster(client, { signal: world.signal });
    const { application } = world.manifest;
    const mend =
      "kubectl apply --server-side -f CRDS.yaml, with what helm show crds spark-operator/spark-operator prints";
    if (schemas === undefined) {
      return fail("sparkoperator.k8s.io/v1beta2 SparkApplication is not defined", mend);
    }
    const problems = await schemaProblems(application, schemas);
    if (problems.length > 0) {
      const list = problems.map(({ subject, message }) => `${subject}: ${message}`).join(", ");
      return fail(
        `the cluster's definition does not take it: ${list}`,
        `mend these fields if they are yours (--set, --patch); else the definition is old: ${mend}`,
      );
    }
    return ok(`sparkoperator.k8s.io/v1beta2 takes this ${application.kind}`);
  },
};
