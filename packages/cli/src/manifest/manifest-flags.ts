import { clusterFlags, storageFlags } from "../app/app-flags.js";
import { choiceFlag, countFlag, switchFlag, textFlag } from "../command/flag.js";
import {
  listFlag,
  localDiskFlag,
  propertyFlag,
  secondsFlag,
  setFlag,
  tolerationFlag,
} from "./flag-forms.js";
import { identities } from "./identity.js";
import { profileNames } from "./profiles.js";
import { defaultSettings as defaults } from "./settings.js";

/** Where the application goes, and where its things lie: flags of everything about a deployment. */
export const placeFlags = {
  ...clusterFlags,
  bucket: textFlag({ placeholder: "NAME", summary: "Bucket of the deployment (required)" }),
  prefix: textFlag({
    placeholder: "PATH",
    summary: "What its keys in the bucket begin with",
    defaultText: "beamline/ and the pipeline's name",
  }),
  ...storageFlags,
  clusterS3Endpoint: textFlag({
    placeholder: "URL",
    summary: "The same S3 as pods see it, where that is another address",
    defaultText: "--s3-endpoint",
  }),
};

/** Flags that decide the form of the application; those that one setting has are named as it is. */
export const shapeFlags = {
  profile: choiceFlag({
    choices: profileNames,
    summary:
      "Settings that belong together: dev is small, spot puts executors on spot nodes, graviton is arm64, large has big executors that come and go",
  }),
  driverCores: countFlag({
    least: 1,
    summary: "Cores of the driver",
    defaultText: String(defaults.driverCores),
  }),
  driverMemory: textFlag({
    placeholder: "SIZE",
    summary: "Heap of the driver's JVM",
    defaultText: defaults.driverMemory,
  }),
  executors: countFlag({
    least: 0,
    summary: "Executors; with --max-executors, how many to start with",
    defaultText: String(defaults.executors),
  }),
  minExecutors: countFlag({ least: 0, summary: "Fewest executors while there is work for less" }),
  maxExecutors: countFlag({
    least: 1,
    summary: "Most executors while there is work for more (dynamic allocation)",
  }),
  executorCores: countFlag({
    least: 1,
    summary: "Cores of an executor: its tasks, and the threads of its worker",
    defaultText: String(defaults.executorCores),
  }),
  executorMemory: textFlag({
    placeholder: "SIZE",
    summary: "Heap of an executor's JVM; what its worker needs is added to the pod",
    defaultText: defaults.executorMemory,
  }),
  harnessHeap: countFlag({
    least: 64,
    summary: "JavaScript heap of each worker thread, in MiB",
    defaultText: String(defaults.harnessHeap),
  }),
  localDisk: localDiskFlag({
    summary:
      "Disk for shuffles and spills: empty-dir[:SIZE], host-path:PATH, or claim:STORAGE-CLASS:SIZE",
  }),
  nodeSelector: propertyFlag({ summary: "Label that nodes must have; several add up" }),
  toleration: tolerationFlag({ summary: "Taint of nodes to put up with; several add up" }),
  nearDriver: switchFlag({ summary: "Prefer nodes in the driver's availability zone" }),
  identity: choiceFlag({
    choices: identities,
    summary:
      "Where pods have AWS credentials from: IAM role of the service account, EKS Pod Identity, a Kubernetes Secret, or the node",
    defaultText: defaults.identity,
  }),
  roleArn: textFlag({
    placeholder: "ARN",
    summary: "IAM role of the account, for --identity irsa",
  }),
  awsSecret: textFlag({
    placeholder: "NAME",
    summary:
      "Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for --identity secret; only its name goes into the manifest",
  }),
  serviceAccount: textFlag({
    placeholder: "NAME",
    summary: "Account of the pods",
    defaultText: defaults.serviceAccount,
  }),
  createServiceAccount: switchFlag({
    summary: "Make that account, its Role and RoleBinding part of the manifest (default: yes)",
  }),
  eventLog: textFlag({
    placeholder: "URL",
    summary: "Where Spark keeps what a History Server shows, or none",
    defaultText: "spark-events/ below --prefix",
  }),
  prometheus: switchFlag({
    summary: "Spark's own metrics for Prometheus, with annotations for it",
  }),
  restart: choiceFlag({
    choices: ["Never", "OnFailure", "Always"],
    summary: "When the whole application runs again",
    defaultText: defaults.restart,
  }),
  retries: countFlag({
    least: 0,
    summary: "How often, with --restart",
    defaultText: String(defaults.retries),
  }),
  ttl: secondsFlag({
    summary: "How long it stays after its end, with its pods and their logs",
    defaultText: "1d",
  }),
  schedule: textFlag({
    placeholder: "CRON",
    summary: "Run it by this schedule: makes a ScheduledSparkApplication",
  }),
  timeZone: textFlag({ placeholder: "NAME", summary: "Time zone of --schedule, as Europe/Paris" }),
  concurrency: choiceFlag({
    choices: ["Allow", "Forbid", "Replace"],
    summary: "What happens when a scheduled run is due and the last one still runs",
    defaultText: defaults.concurrency,
  }),
  sparkVersion: textFlag({
    placeholder: "VERSION",
    summary: "Spark in the image",
    defaultText: defaults.sparkVersion,
  }),
  hadoopVersion: textFlag({
    placeholder: "VERSION",
    summary: "hadoop-aws in the image",
    defaultText: defaults.hadoopVersion,
  }),
  awsSdkVersion: textFlag({
    placeholder: "VERSION",
    summary: "AWS SDK for Java beside it; it decides which identities Spark's S3 knows",
    defaultText: defaults.awsSdkVersion,
  }),
  imagePullPolicy: choiceFlag({
    choices: ["Always", "IfNotPresent", "Never"],
    summary: "When nodes fetch the image",
    defaultText: defaults.imagePullPolicy,
  }),
  imagePullSecret: listFlag({
    placeholder: "NAME",
    summary: "Secret with a login for the image's registry; several add up",
  }),
  sparkConf: propertyFlag({ summary: "A property of Spark; several add up" }),
  hadoopConf: propertyFlag({ summary: "A property of Hadoop; several add up" }),
  patch: listFlag({
    placeholder: "FILE",
    summary: "Strategic merge patch for the application (YAML or JSON); several are taken in order",
  }),
  set: setFlag({
    summary:
      "One field of the application, after all else: spec.executor.coreRequest=500m, spec.sparkConf.spark.ui.port=4050",
  }),
};

/** Which configuration file, and which environment of it. */
export const configFlags = {
  env: textFlag({ placeholder: "NAME", summary: "Environment of beamline.config.ts to use" }),
  config: textFlag({
    placeholder: "FILE",
    summary: "Configuration file",
    defaultText: "the nearest beamline.config.ts at or above this folder",
  }),
};

export const nameFlag = textFlag({
  placeholder: "NAME",
  summary: "Name of the application",
  defaultText: "the pipeline's name",
});

export const imageFlag = textFlag({
  placeholder: "REFERENCE",
  summary: "Worker image, as beamline image prints it (required)",
});

/** Flags of `manifest`; `deploy` has them too. */
export const manifestFlags = {
  name: nameFlag,
  image: imageFlag,
  ...placeFlags,
  ...shapeFlags,
  ...configFlags,
};
