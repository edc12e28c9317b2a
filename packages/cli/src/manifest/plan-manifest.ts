import { type Problem, UsageError } from "../command/usage-error.js";
import type { KubeObject } from "../kube/kube-object.js";
import { labelValue } from "./app-name.js";
import { inputProblems } from "./check-input.js";
import { editManifest } from "./edit-manifest.js";
import { hadoopConf } from "./hadoop-conf.js";
import { credentialsProvider } from "./identity.js";
import type { ManifestInput } from "./manifest-input.js";
import { APP_LABEL, driverSpec, executorSpec, localVolumes } from "./pods.js";
import { profiles } from "./profiles.js";
import { secretProblems } from "./secrets.js";
import { defaultSettings, type ManifestSettings } from "./settings.js";
import type {
  DynamicAllocation,
  RestartPolicy,
  ScheduledSparkApplication,
  SparkApplication,
  SparkApplicationSpec,
  StringMap,
} from "./spark-application.js";
import { sparkConf } from "./spark-conf.js";
import { supportObjects } from "./support.js";

export interface Manifest {
  readonly application: SparkApplication | ScheduledSparkApplication;
  /** What the application needs to be there first. */
  readonly support: readonly KubeObject[];
}

/**
 * A pipeline's Kubernetes objects, as a function of its input and nothing else. The order of what
 * decides: defaults, profile, settings, patches, sets.
 *
 * @throws UsageError with everything that is wrong with the input, secrets in it included.
 */
export function planManifest(input: ManifestInput): Manifest {
  const settings = settingsOf(input);
  refuse(inputProblems(input, settings));
  const labels = labelsOf(input);
  const { appName: name, namespace, annotations } = input;
  const metadata = {
    name,
    namespace,
    labels,
    ...(annotations === undefined ? {} : { annotations }),
  };
  const application: SparkApplication = {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata,
    spec: specOf(input, settings, labels),
  };
  const support = settings.createServiceAccount
    ? supportObjects(namespace, settings, SUPPORT_LABELS)
    : [];
  const edited = editManifest({ application, support }, input);
  const scheduled = { ...edited, application: scheduledBy(edited.application, settings) };
  refuse(secretProblems(scheduled.application));
  return scheduled;
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new UsageError("make the manifest", problems);
}

/** What counts, after profile and flags. */
export function settingsOf({
  profile,
  settings = {},
}: Pick<ManifestInput, "profile" | "settings">): ManifestSettings {
  const chosen: Partial<ManifestSettings> = profile === undefined ? {} : profiles[profile];
  const given = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<ManifestSettings>;
  const merged = { ...defaultSettings, ...chosen, ...given };
  return {
    ...merged,
    // A number of executors that was asked for beats the profile's range.
    ...(given.executors !== undefined && given.maxExecutors === undefined
      ? { minExecutors: given.minExecutors, maxExecutors: undefined }
      : {}),
    sparkConf: { ...chosen.sparkConf, ...given.sparkConf },
    hadoopConf: { ...chosen.hadoopConf, ...given.hadoopConf },
    nodeSelector: { ...chosen.nodeSelector, ...given.nodeSelector },
    tolerations: [...(chosen.tolerations ?? []), ...(given.tolerations ?? [])],
  };
}

function labelsOf({ appName, pipeline, codeDigest, labels }: ManifestInput): StringMap {
  return {
    "app.kubernetes.io/managed-by": "beamline",
    "app.kubernetes.io/name": labelValue(appName),
    "beamline.dev/pipeline": labelValue(pipeline),
    [APP_LABEL]: appName,
    // Values of labels have at most 63 characters, and a SHA-256 has 64.
    ...(codeDigest === undefined ? {} : { "beamline.dev/code": codeDigest.slice(0, 32) }),
    ...labels,
  };
}

/** Accounts are shared by applications, so they say nothing of one. */
const SUPPORT_LABELS: StringMap = { "app.kubernetes.io/managed-by": "beamline" };

function specOf(
  input: ManifestInput,
  settings: ManifestSettings,
  labels: StringMap,
): SparkApplicationSpec {
  const provider = credentialsProvider(settings.identity, settings);
  const volumes = localVolumes(settings);
  const dynamicAllocation = dynamicAllocationOf(settings);
  const { imagePullSecrets } = settings;
  return {
    type: "Java",
    mode: "cluster",
    sparkVersion: settings.sparkVersion,
    image: input.image,
    imagePullPolicy: settings.imagePullPolicy,
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
    mainClass: input.mainClass ?? "beamline.spark.PipelineMain",
    mainApplicationFile: input.mainApplicationFile ?? "local:///opt/beamline/pipeline.jar",
    ...(input.arguments === undefined || input.arguments.length === 0
      ? {}
      : { arguments: input.arguments }),
    deps: { jars: input.jars ?? ["local:///opt/beamline/job-server.jar"] },
    sparkConf: sparkConf(input, settings),
    hadoopConf: provider.ok ? hadoopConf(input, settings, provider.className) : settings.hadoopConf,
    ...(volumes.length === 0 ? {} : { volumes }),
    driver: driverSpec(settings, labels),
    executor: executorSpec(input, settings, labels),
    ...(dynamicAllocation === undefined ? {} : { dynamicAllocation }),
    restartPolicy: restartPolicyOf(settings),
    timeToLiveSeconds: settings.ttl,
  };
}

function dynamicAllocationOf({
  executors,
  minExecutors,
  maxExecutors,
}: ManifestSettings): DynamicAllocation | undefined {
  if (minExecutors === undefined || maxExecutors === undefined) return undefined;
  return {
    enabled: true,
    initialExecutors: Math.max(minExecutors, executors),
    minExecutors,
    maxExecutors,
    // There is no external shuffle service on Kubernetes: executors that hold shuffled data stay.
    shuffleTrackingEnabled: true,
  };
}

/** Seconds between attempts. */
const RETRY_INTERVAL = 20;

function restartPolicyOf({ restart, retries }: ManifestSettings): RestartPolicy {
  if (restart === "Never") return { type: "Never" };
  return {
    type: restart,
    onFailureRetries: retries,
    onFailureRetryInterval: RETRY_INTERVAL,
    onSubmissionFailureRetries: retries,
    onSubmissionFailureRetryInterval: RETRY_INTERVAL,
  };
}

function scheduledBy(
  application: SparkApplication,
  { schedule, timeZone, concurrency }: ManifestSettings,
): Manifest["application"] {
  if (schedule === undefined) return application;
  const { apiVersion, metadata, spec } = application;
  return {
    apiVersion,
    kind: "ScheduledSparkApplication",
    metadata,
    spec: {
      schedule,
      ...(timeZone === undefined ? {} : { timeZone }),
      // Said, so that a deploy takes up one that was suspended.
      suspend: false,
      concurrencyPolicy: concurrency,
      successfulRunHistoryLimit: 3,
      failedRunHistoryLimit: 3,
      template: spec,
    },
  };
}
