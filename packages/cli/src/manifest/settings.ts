import type { Identity } from "./identity.js";
import type { Affinity, ConcurrencyPolicy, StringMap, Toleration } from "./spark-application.js";

/** Disks for shuffles and spills, `spark.local.dir` of executors. */
export type LocalDisk =
  /** The node's own disk; on nodes whose instance store is set up as such, that NVMe. */
  | { readonly kind: "empty-dir"; readonly size?: string }
  /** A folder of the node, such as the mount point of an NVMe disk. */
  | { readonly kind: "host-path"; readonly path: string }
  /** A volume for each executor, made and deleted with it. */
  | { readonly kind: "claim"; readonly storageClass: string; readonly size: string };

/** What decides the form of an application; each has a flag of the same name. */
export interface ManifestSettings {
  readonly sparkVersion: string;
  readonly hadoopVersion: string;
  readonly awsSdkVersion: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  readonly imagePullSecrets: readonly string[];

  /** Account of the driver's pod, and of the executors'. */
  readonly serviceAccount: string;
  /** Whether it, its Role and its RoleBinding are part of the manifest. */
  readonly createServiceAccount: boolean;
  readonly identity: Identity;
  /** IAM role of the account, for `irsa`. */
  readonly roleArn: string | undefined;
  /** Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for `secret`. */
  readonly awsSecret: string | undefined;

  readonly driverCores: number;
  /** The JVM's heap, as Spark writes it: `2g`. */
  readonly driverMemory: string;
  /** Task slots of an executor, and threads of its worker. */
  readonly executorCores: number;
  readonly executorMemory: string;
  /** JavaScript heap of each worker thread, in MiB. */
  readonly harnessHeap: number;
  /** Executors, or the number to start with where their number changes. */
  readonly executors: number;
  /** Executors come and go between these two; both or none. */
  readonly minExecutors: number | undefined;
  readonly maxExecutors: number | undefined;

  readonly nodeSelector: StringMap;
  readonly tolerations: readonly Toleration[];
  readonly driverAffinity: Affinity | undefined;
  readonly executorAffinity: Affinity | undefined;
  /** Executors are put into the driver's availability zone where there is room. */
  readonly nearDriver: boolean;
  readonly localDisk: LocalDisk | undefined;

  /** Where Spark writes what a History Server shows: `default` is below the deployment's prefix. */
  readonly eventLog: string;
  readonly prometheus: boolean;
  readonly restart: "Never" | "OnFailure" | "Always";
  readonly retries: number;
  /** Seconds that a finished application stays, with its pods and their logs. */
  readonly ttl: number;

  /** Cron: the application is a template that runs by it. */
  readonly schedule: string | undefined;
  readonly timeZone: string | undefined;
  readonly concurrency: ConcurrencyPolicy;

  readonly sparkConf: StringMap;
  readonly hadoopConf: StringMap;
}

const HOUR = 3600;

/** A small job on any nodes: two executors of two cores, their pods of less than 6 GiB each. */
export const defaultSettings: ManifestSettings = {
  sparkVersion: "3.5.3",
  hadoopVersion: "3.3.4",
  awsSdkVersion: "1.12.262",
  imagePullPolicy: "IfNotPresent",
  imagePullSecrets: [],
  serviceAccount: "beamline-spark",
  createServiceAccount: true,
  identity: "irsa",
  roleArn: undefined,
  awsSecret: undefined,
  driverCores: 1,
  driverMemory: "2g",
  executorCores: 2,
  executorMemory: "4g",
  harnessHeap: 512,
  executors: 2,
  minExecutors: undefined,
  maxExecutors: undefined,
  nodeSelector: {},
  tolerations: [],
  driverAffinity: undefined,
  executorAffinity: undefined,
  nearDriver: false,
  localDisk: undefined,
  eventLog: "default",
  prometheus: false,
  restart: "Never",
  retries: 2,
  ttl: 24 * HOUR,
  schedule: undefined,
  timeZone: undefined,
  concurrency: "Forbid",
  sparkConf: {},
  hadoopConf: {},
};
