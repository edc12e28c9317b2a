import type { Problem } from "../command/usage-error.js";
import { LONGEST_NAME, nameProblem } from "./app-name.js";
import { credentialsProvider } from "./identity.js";
import type { ManifestInput } from "./manifest-input.js";
import { parseSparkMemory } from "./memory.js";
import { INSTEAD, isSecretName } from "./secrets.js";
import { render } from "./set-path.js";
import type { ManifestSettings } from "./settings.js";

/** Characters that the operator puts behind the name of each run: nanoseconds since 1970. */
const RUN_NUMBER = 20;

/** All that is wrong with an input, before anything is made of it. */
export function inputProblems(input: ManifestInput, settings: ManifestSettings): Problem[] {
  return [
    ...nameProblems(input, settings),
    ...sizeProblems(settings),
    ...executorProblems(settings),
    ...identityProblems(settings),
    ...setProblems(input),
  ];
}

function nameProblems(
  { appName, namespace, bucket, prefix }: ManifestInput,
  { schedule }: ManifestSettings,
): Problem[] {
  const problems: Problem[] = [];
  const wrongName = nameProblem(appName);
  if (wrongName !== undefined) problems.push({ subject: `--name ${appName}`, message: wrongName });
  if (schedule !== undefined && appName.length > LONGEST_NAME - RUN_NUMBER) {
    const message = `is longer than ${LONGEST_NAME - RUN_NUMBER} characters, and each run has a number behind it`;
    problems.push({ subject: `--name ${appName}`, message });
  }
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    problems.push({
      subject: `--namespace ${namespace}`,
      message: "is no name of a namespace: lower-case letters, digits and dashes, at most 63",
    });
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    problems.push({
      subject: `--bucket ${bucket}`,
      message: "is no name of a bucket; write its name alone, and what follows it as --prefix",
    });
  }
  if (/^\/|\/$|\/\//.test(prefix)) {
    problems.push({
      subject: `--prefix ${prefix}`,
      message: "has an empty part; write it without slashes at its ends",
    });
  }
  return problems;
}

function sizeProblems({ driverMemory, executorMemory }: ManifestSettings): Problem[] {
  return [
    ["--driver-memory", driverMemory],
    ["--executor-memory", executorMemory],
  ].flatMap(([flag = "", text = ""]) => {
    const mib = parseSparkMemory(text);
    if (mib === undefined) {
      return [{ subject: `${flag} ${text}`, message: "is no size; write it as 512m or 4g" }];
    }
    // Spark itself refuses less than 450 MiB (1.5 times what it reserves).
    if (mib < 512) {
      return [{ subject: `${flag} ${text}`, message: "is too little for Spark; at least 512m" }];
    }
    return [];
  });
}

function executorProblems({ minExecutors, maxExecutors, executors }: ManifestSettings): Problem[] {
  if ((minExecutors === undefined) !== (maxExecutors === undefined)) {
    const [given, missing] =
      minExecutors === undefined
        ? ["--max-executors", "--min-executors"]
        : ["--min-executors", "--max-executors"];
    return [
      { subject: given, message: `needs ${missing} too: executors come and go between them` },
    ];
  }
  if (minExecutors === undefined || maxExecutors === undefined) return [];
  if (minExecutors > maxExecutors) {
    return [
      { subject: `--min-executors ${minExecutors}`, message: `is more than --max-executors` },
    ];
  }
  if (executors > maxExecutors) {
    return [
      {
        subject: `--executors ${executors}`,
        message: `is more than --max-executors ${maxExecutors}: it is the number to start with`,
      },
    ];
  }
  return [];
}

function identityProblems(settings: ManifestSettings): Problem[] {
  const { identity, roleArn, awsSecret, eventLog } = settings;
  const problems: Problem[] = [];
  const provider = credentialsProvider(identity, settings);
  // Without an event log Spark has no business in S3; the pipeline's own access is Node's.
  if (!provider.ok && eventLog !== "none") problems.push(provider.problem);
  if (identity === "secret" && awsSecret === undefined) {
    problems.push({
      subject: "--identity secret",
      message:
        "needs --aws-secret NAME: a Secret of the namespace with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  }
  if (identity !== "secret" && awsSecret !== undefined) {
    problems.push({ subject: "--aws-secret", message: "is for --identity secret" });
  }
  if (identity !== "irsa" && roleArn !== undefined) {
    problems.push({
      subject: "--role-arn",
      message: `is for --identity irsa; with ${identity} the role is not named in the cluster`,
    });
  }
  if (roleArn !== undefined && !/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(roleArn)) {
    problems.push({
      subject: `--role-arn ${roleArn}`,
      message: "is no ARN of a role; it looks like arn:aws:iam::123456789012:role/NAME",
    });
  }
  return problems;
}

/** Said with the flag that brings it, not with the place where it would have ended. */
function setProblems({ sets = [] }: ManifestInput): Problem[] {
  return sets.flatMap(({ path, value }) => {
    const last = path.at(-1);
    return typeof last === "string" && isSecretName(last) && value !== "null"
      ? [{ subject: `--set ${render(path)}`, message: INSTEAD }]
      : [];
  });
}
