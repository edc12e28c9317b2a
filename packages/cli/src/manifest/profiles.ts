import type { ManifestSettings } from "./settings.js";

const HOUR = 3600;

/**
 * For trying things out on a shared cluster: one executor of one core, which fits beside other
 * work and so starts at once. Nothing is tried again, because the first failure is what one wants
 * to see, and what is over goes away within the hour.
 */
const dev = {
  driverCores: 1,
  driverMemory: "1g",
  executorCores: 1,
  executorMemory: "1g",
  harnessHeap: 256,
  executors: 1,
  restart: "Never",
  ttl: HOUR,
} satisfies Partial<ManifestSettings>;

/** Labels of spot nodes: Karpenter's, and those of EKS managed node groups. */
const SPOT_LABELS = [
  { key: "karpenter.sh/capacity-type", value: "spot" },
  { key: "eks.amazonaws.com/capacityType", value: "SPOT" },
] as const;

/**
 * Executors on spot nodes, at a third of the price or less; the driver, whose loss is the loss of
 * the run, on others. AWS says two minutes ahead that it takes a node: with decommissioning on,
 * Spark then moves shuffled blocks to other executors instead of computing them again. More task
 * failures than usual are no sign of a bug there, so more are borne, and a run that fails all the
 * same is started again.
 */
const spot = {
  driverCores: 1,
  driverMemory: "4g",
  executorCores: 4,
  executorMemory: "8g",
  executors: 4,
  driverAffinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {
            matchExpressions: SPOT_LABELS.map(({ key, value }) => ({
              key,
              operator: "NotIn" as const,
              values: [value],
            })),
          },
        ],
      },
    },
  },
  executorAffinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: SPOT_LABELS.map(({ key, value }) => ({
          matchExpressions: [{ key, operator: "In" as const, values: [value] }],
        })),
      },
    },
  },
  tolerations: SPOT_LABELS.map(({ key, value }) => ({ key, operator: "Equal" as const, value })),
  restart: "OnFailure",
  retries: 3,
  sparkConf: {
    "spark.decommission.enabled": "true",
    "spark.storage.decommission.enabled": "true",
    "spark.storage.decommission.rddBlocks.enabled": "true",
    "spark.storage.decommission.shuffleBlocks.enabled": "true",
    "spark.task.maxFailures": "12",
    "spark.stage.maxConsecutiveAttempts": "10",
  },
} satisfies Partial<ManifestSettings>;

/**
 * All pods on arm64: Graviton nodes cost about a fifth less for the same work, and both JVM and
 * Node run on them as they are. The image must have linux/arm64, which `beamline doctor` checks.
 */
const graviton = {
  executorCores: 4,
  executorMemory: "8g",
  executors: 2,
  nodeSelector: { "kubernetes.io/arch": "arm64" },
  // Mixed clusters often keep arm64 nodes free of images that were not built for them.
  tolerations: [{ key: "kubernetes.io/arch", operator: "Equal", value: "arm64" }],
} satisfies Partial<ManifestSettings>;

/**
 * For inputs of hundreds of gigabytes: big executors, as shuffles between fewer of them cost less;
 * as many as there is work for, and none that idle; all in one availability zone where there is
 * room, since AWS charges for traffic between zones; spills on the node's own disk, which is NVMe
 * on instance types with a "d" whose instance store is the node's ephemeral storage. The driver gets
 * what collecting side inputs and the state of many tasks takes.
 */
const large = {
  driverCores: 4,
  driverMemory: "8g",
  executorCores: 8,
  executorMemory: "24g",
  harnessHeap: 1024,
  executors: 4,
  minExecutors: 2,
  maxExecutors: 50,
  nearDriver: true,
  localDisk: { kind: "empty-dir", size: "200Gi" },
  restart: "OnFailure",
  retries: 1,
  ttl: 7 * 24 * HOUR,
  sparkConf: {
    "spark.network.timeout": "300s",
    "spark.executor.heartbeatInterval": "30s",
    "spark.kubernetes.allocation.batch.size": "10",
  },
} satisfies Partial<ManifestSettings>;

/** Settings that belong together. Flags override them one by one. */
export const profiles = { dev, spot, graviton, large } as const satisfies Readonly<
  Record<string, Partial<ManifestSettings>>
>;

export type ProfileName = keyof typeof profiles;

export const profileNames = Object.keys(profiles) as readonly ProfileName[];
