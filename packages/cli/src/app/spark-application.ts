import type { KubeObject } from "../kube/kube-object.js";
import type { Schedule } from "./schedule.js";

export const SPARK_API = "sparkoperator.k8s.io/v1beta2";
export const SPARK_APPLICATION = { apiVersion: SPARK_API, kind: "SparkApplication" } as const;

/** What marks an object as ours, and what it belongs to. */
export const labelNames = {
  managedBy: "app.kubernetes.io/managed-by",
  pipeline: "beamline.dev/pipeline",
  code: "beamline.dev/code",
} as const;

export const MANAGED_BY = "beamline";

/** Where the record of a deploy lies: `s3://bucket/prefix/records/SHA256.json`. */
export const RECORD_ANNOTATION = "beamline.dev/record";

/** The pipeline's file as it was typed, for commands that mend something to name. */
export const FILE_ANNOTATION = "beamline.dev/file";

/** The record in Spark's properties: annotations of a schedule do not reach its runs. */
export const RECORD_PROPERTY = "spark.beamline.record";

/** Of a run: the schedule that has started it. */
const SCHEDULE_LABEL = "sparkoperator.k8s.io/scheduled-app-name";

/** Spark's ids of earlier runs under the same name, with commas between them. */
export const EARLIER_RUNS_ANNOTATION = "beamline.dev/earlier-runs";

/** `s3://` URLs of the records of earlier deploys under the same name, with commas between them. */
export const EARLIER_RECORDS_ANNOTATION = "beamline.dev/earlier-records";

/** There when people have ended the application themselves. */
export const CANCELLED_ANNOTATION = "beamline.dev/cancelled";

/** The operator's words for where an application is; SCHEDULED is ours, for a schedule. */
export type ApplicationState =
  | ""
  | "SCHEDULED"
  | "SUBMITTED"
  | "RUNNING"
  | "COMPLETED"
  | "FAILED"
  | "SUBMISSION_FAILED"
  | "PENDING_RERUN"
  | "INVALIDATING"
  | "SUCCEEDING"
  | "FAILING"
  | "SUSPENDING"
  | "SUSPENDED"
  | "RESUMING"
  | "UNKNOWN";

const STATES: readonly string[] = [
  "SUBMITTED",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "SUBMISSION_FAILED",
  "PENDING_RERUN",
  "INVALIDATING",
  "SUCCEEDING",
  "FAILING",
  "SUSPENDING",
  "SUSPENDED",
  "RESUMING",
] satisfies readonly ApplicationState[];

/** The fields of a SparkApplication that are read here; the operator writes its status. */
export interface SparkApplicationObject extends KubeObject {
  readonly spec?: {
    readonly image?: string;
    readonly suspend?: boolean;
    readonly restartPolicy?: { readonly type?: string };
    readonly sparkConf?: Readonly<Record<string, string>>;
    readonly hadoopConf?: Readonly<Record<string, string>>;
    readonly driver?: ResourceSpec;
    readonly executor?: ResourceSpec & { readonly instances?: number };
  };
  readonly status?: {
    readonly applicationState?: { readonly state?: string; readonly errorMessage?: string };
    readonly driverInfo?: { readonly podName?: string; readonly webUIServiceName?: string };
    readonly executorState?: Readonly<Record<string, string>>;
    readonly sparkApplicationId?: string;
    readonly submissionID?: string;
    readonly executionAttempts?: number;
    readonly submissionAttempts?: number;
    readonly lastSubmissionAttemptTime?: string | null;
    readonly terminationTime?: string | null;
  };
  /** Where the object is a schedule; see `asApplication`. */
  readonly schedule?: Schedule;
}

interface ResourceSpec {
  readonly cores?: number;
  readonly memory?: string;
  readonly memoryOverhead?: string;
}

/** An application as the commands speak of it. */
export interface App {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string | undefined;
  /** The pipeline's name; undefined for applications that Beamline did not make. */
  readonly pipeline: string | undefined;
  readonly code: string | undefined;
  readonly image: string | undefined;
  readonly state: ApplicationState;
  readonly error: string | undefined;
  readonly sparkId: string | undefined;
  readonly driverPod: string | undefined;
  /** Pod names and the operator's word for each. */
  readonly executors: Readonly<Record<string, string>>;
  readonly created: Date | undefined;
  /** Undefined while it runs, and where only the end of an earlier attempt is known. */
  readonly ended: Date | undefined;
  readonly attempts: number;
  /** `s3://` URL of the record of its deploy. */
  readonly record: string | undefined;
  /** Spark's ids of runs under this name before it. */
  readonly earlierRuns: readonly string[];
  /** `s3://` URLs of the records of deploys under this name before it. */
  readonly earlierRecords: readonly string[];
  /** `s3a://` URL of the folder of event logs. */
  readonly eventLogs: string | undefined;
  readonly deleting: boolean;
  /** Whether people have ended it themselves. */
  readonly cancelled: boolean;
  /** Undefined where it runs once. */
  readonly schedule: Schedule | undefined;
  /** Name of the schedule that it is a run of. */
  readonly scheduledBy: string | undefined;
}

export function appOf(object: SparkApplicationObject): App {
  const { metadata, spec, status, schedule } = object;
  const { labels = {}, annotations = {} } = metadata;
  const stopped = dateOf(status?.terminationTime);
  const submitted = dateOf(status?.lastSubmissionAttemptTime);
  // The operator keeps that of the first attempt.
  const isEarlier =
    (status?.executionAttempts ?? 0) > 1 &&
    stopped !== undefined &&
    submitted !== undefined &&
    stopped <= submitted;
  const ended = isEarlier ? undefined : stopped;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "default",
    uid: metadata.uid,
    pipeline: labels[labelNames.managedBy] === MANAGED_BY ? labels[labelNames.pipeline] : undefined,
    code: labels[labelNames.code],
    image: spec?.image,
    state: schedule === undefined ? stateOf(status?.applicationState?.state) : "SCHEDULED",
    error: status?.applicationState?.errorMessage || undefined,
    sparkId: status?.sparkApplicationId || undefined,
    driverPod: status?.driverInfo?.podName || undefined,
    executors: status?.executorState ?? {},
    created: dateOf(metadata.creationTimestamp),
    ended,
    attempts: status?.executionAttempts ?? 0,
    record: annotations[RECORD_ANNOTATION] ?? spec?.sparkConf?.[RECORD_PROPERTY],
    earlierRuns: listOf(annotations[EARLIER_RUNS_ANNOTATION]),
    earlierRecords: listOf(annotations[EARLIER_RECORDS_ANNOTATION]),
    eventLogs:
      spec?.sparkConf?.["spark.eventLog.enabled"] === "true"
        ? spec.sparkConf["spark.eventLog.dir"]
        : undefined,
    deleting: metadata.deletionTimestamp !== undefined,
    cancelled: annotations[CANCELLED_ANNOTATION] !== undefined,
    schedule,
    scheduledBy: labels[SCHEDULE_LABEL],
  };
}

/** Whether an application will not do anything more by itself. */
export function hasEnded({ state }: Pick<App, "state">): boolean {
  return state === "COMPLETED" || state === "FAILED" || state === "SUSPENDED";
}

function stateOf(text: string | undefined): ApplicationState {
  if (text === undefined || text === "") return "";
  return STATES.includes(text) ? (text as ApplicationState) : "UNKNOWN";
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").filter((item) => item !== "");
}

function dateOf(text: string | null | undefined): Date | undefined {
  return text === undefined || text === null || text === "" ? undefined : new Date(text);
}
