import type { ManifestInput } from "./manifest-input.js";
import { executorOverheadMib, jvmOverheadMib, parseSparkMemory } from "./memory.js";
import type { ManifestSettings } from "./settings.js";
import type {
  Affinity,
  DriverSpec,
  ExecutorSpec,
  PodSpec,
  SecurityContext,
  StringMap,
  Volume,
  VolumeMount,
} from "./spark-application.js";
import { LOCAL_DIR } from "./spark-conf.js";

/** Label of all pods of an application, by which they find each other. */
export const APP_LABEL = "beamline.dev/app";

/** Spark's user in images of Apache's layout. */
const USER = 185;

/** The image runs as that user and needs nothing of its node: what `restricted` namespaces ask for. */
const RESTRICTED: SecurityContext = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  // By number: what is only named in an image cannot be told from root.
  runAsUser: USER,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** The driver: it plans, and holds what is collected; no pipeline code runs in it. */
export function driverSpec(settings: ManifestSettings, labels: StringMap): DriverSpec {
  const heap = parseSparkMemory(settings.driverMemory) ?? 0;
  const annotations: StringMap = settings.prometheus
    ? {
        "prometheus.io/scrape": "true",
        "prometheus.io/path": "/metrics/executors/prometheus/",
        "prometheus.io/port": "4040",
      }
    : {};
  return {
    cores: settings.driverCores,
    memory: settings.driverMemory,
    memoryOverhead: `${jvmOverheadMib(heap)}m`,
    serviceAccount: settings.serviceAccount,
    labels,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    ...placement(settings, settings.driverAffinity),
    ...credentials(settings),
    securityContext: RESTRICTED,
  };
}

/** The executors, each with a JVM and one worker process beside it. */
export function executorSpec(
  { appName }: Pick<ManifestInput, "appName">,
  settings: ManifestSettings,
  labels: StringMap,
): ExecutorSpec {
  const { executorCores, executorMemory, harnessHeap, nearDriver } = settings;
  const heap = parseSparkMemory(executorMemory) ?? 0;
  const harness = { threads: executorCores, heap: harnessHeap };
  const affinity: Affinity = {
    ...settings.executorAffinity,
    ...(nearDriver ? { podAffinity: sameZone(appName) } : {}),
  };
  const mounts = localMounts(settings);
  return {
    cores: executorCores,
    ...(settings.maxExecutors === undefined ? { instances: settings.executors } : {}),
    memory: executorMemory,
    memoryOverhead: `${executorOverheadMib(heap, harness)}m`,
    // Spark would delete one that failed at once, with the log that says why; so they go with the driver.
    deleteOnTermination: false,
    labels,
    ...placement(settings, Object.keys(affinity).length === 0 ? undefined : affinity),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
    ...credentials(settings),
    // A new volume belongs to root, who is not in the pod.
    ...(settings.localDisk?.kind === "claim" ? { podSecurityContext: { fsGroup: USER } } : {}),
    securityContext: RESTRICTED,
  };
}

/** Volumes of the application; their names tell the operator that they are `spark.local.dir`s. */
export function localVolumes({ localDisk }: ManifestSettings): readonly Volume[] {
  switch (localDisk?.kind) {
    case "empty-dir": {
      const { size } = localDisk;
      return [{ name: LOCAL_VOLUME, emptyDir: size === undefined ? {} : { sizeLimit: size } }];
    }
    case "host-path":
      return [{ name: LOCAL_VOLUME, hostPath: { path: localDisk.path, type: "Directory" } }];
    // Claims are Spark's own: one for each executor, by properties.
    case "claim":
    case undefined:
      return [];
  }
}

const LOCAL_VOLUME = "spark-local-dir-1";

function localMounts(settings: ManifestSettings): readonly VolumeMount[] {
  return localVolumes(settings).map(({ name }) => ({ name, mountPath: LOCAL_DIR }));
}

function placement(
  { nodeSelector, tolerations }: ManifestSettings,
  affinity: Affinity | undefined,
): Pick<PodSpec, "nodeSelector" | "tolerations" | "affinity"> {
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(affinity === undefined ? {} : { affinity }),
  };
}

function sameZone(appName: string): NonNullable<Affinity["podAffinity"]> {
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          topologyKey: "topology.kubernetes.io/zone",
          labelSelector: { matchLabels: { [APP_LABEL]: appName } },
        },
      },
    ],
  };
}

/** Names of keys in a Secret; the values stay there. */
function credentials({ identity, awsSecret }: ManifestSettings): Pick<PodSpec, "envSecretKeyRefs"> {
  if (identity !== "secret" || awsSecret === undefined) return {};
  const ref = (key: string) => [key, { name: awsSecret, key }] as const;
  return {
    envSecretKeyRefs: Object.fromEntries([ref("AWS_ACCESS_KEY_ID"), ref("AWS_SECRET_ACCESS_KEY")]),
  };
}
