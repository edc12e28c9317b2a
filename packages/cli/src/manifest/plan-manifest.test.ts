import { expect, test } from "vitest";
import { parse } from "yaml";
import { UsageError } from "../command/usage-error.js";
import type { ManifestInput } from "./manifest-input.js";
import { planManifest } from "./plan-manifest.js";
import { profileNames } from "./profiles.js";
import { renderYaml } from "./render-yaml.js";
import { parseSet, type SetExpression } from "./set-path.js";
import type { ManifestSettings } from "./settings.js";
import type { SparkApplication, SparkApplicationSpec } from "./spark-application.js";

const input: ManifestInput = {
  appName: "wordcount",
  namespace: "jobs",
  pipeline: "Word Count",
  codeDigest: "0123456789abcdef".repeat(4),
  image: "registry.example/words@sha256:00",
  bucket: "books",
  prefix: "beam/words",
  region: "eu-west-1",
};

const specWith = (
  settings: Partial<ManifestSettings>,
  rest: Partial<ManifestInput> = {},
): SparkApplicationSpec =>
  (planManifest({ ...input, ...rest, settings }).application as SparkApplication).spec;

const set = (text: string): SetExpression => {
  const parsed = parseSet(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
};

const problemsOf = (wrong: Partial<ManifestInput>): string[] => {
  try {
    planManifest({ ...input, ...wrong });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.problems.map(({ subject, message }) => `${subject}: ${message}`);
  }
  return [];
};

test("planManifest makes the application and the account that its driver needs", () => {
  const { application, support } = planManifest(input);
  expect(application).toMatchObject({
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: {
      name: "wordcount",
      namespace: "jobs",
      labels: {
        "app.kubernetes.io/managed-by": "beamline",
        "beamline.dev/pipeline": "Word-Count",
        "beamline.dev/code": "0123456789abcdef0123456789abcdef",
      },
    },
    spec: {
      type: "Java",
      mode: "cluster",
      image: input.image,
      mainClass: "beamline.spark.PipelineMain",
      mainApplicationFile: "local:///opt/beamline/pipeline.jar",
      deps: { jars: ["local:///opt/beamline/job-server.jar"] },
      driver: { serviceAccount: "beamline-spark" },
      restartPolicy: { type: "Never" },
      timeToLiveSeconds: 86_400,
    },
  });
  expect(support.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name])).toEqual([
    ["ServiceAccount", "jobs", "beamline-spark"],
    ["Role", "jobs", "beamline-spark"],
    ["RoleBinding", "jobs", "beamline-spark"],
  ]);
  expect(planManifest({ ...input, settings: { createServiceAccount: false } }).support).toEqual([]);
});

test("planManifest is a function of its input: the same YAML each time", () => {
  const text = () => {
    const { application, support } = planManifest({ ...input, profile: "large" });
    return renderYaml([...support, application]);
  };
  expect(text()).toBe(text());
  expect(
    text()
      .split("\n---\n")
      .map((each) => parse(each).kind),
  ).toEqual(["ServiceAccount", "Role", "RoleBinding", "SparkApplication"]);
});

test("planManifest gives workers as many threads as their executor has cores, and room for them", () => {
  const { sparkConf, executor } = specWith({
    executorCores: 4,
    executorMemory: "8g",
    harnessHeap: 256,
  });
  expect(sparkConf["spark.executorEnv.BEAMLINE_WORKER_THREADS"]).toBe("4");
  expect(sparkConf["spark.executorEnv.NODE_OPTIONS"]).toBe("--max-old-space-size=256");
  // A tenth of 8 GiB for the JVM; 128 and 4 * (256 + 96) for the worker.
  expect(executor.memoryOverhead).toBe(`${820 + 1536}m`);
  expect(specWith({ driverMemory: "1g" }).driver.memoryOverhead).toBe("384m");
});

test("planManifest has as many partitions as all executors have use for", () => {
  const { sparkConf, dynamicAllocation, executor } = specWith({
    executorCores: 4,
    executors: 2,
    minExecutors: 1,
    maxExecutors: 10,
  });
  expect(sparkConf["spark.default.parallelism"]).toBe("80");
  expect(dynamicAllocation).toEqual({
    enabled: true,
    initialExecutors: 2,
    minExecutors: 1,
    maxExecutors: 10,
    shuffleTrackingEnabled: true,
  });
  expect(executor).not.toHaveProperty("instances");
  expect(specWith({ executors: 3 }).executor.instances).toBe(3);
});

test("a number of executors that is asked for beats the range of the profile", () => {
  const fixed = specWith({ executors: 3 }, { profile: "large" });
  expect(fixed.executor.instances).toBe(3);
  expect(fixed).not.toHaveProperty("dynamicAllocation");
  const ranged = specWith({ maxExecutors: 9 }, { profile: "large" });
  expect(ranged.dynamicAllocation).toMatchObject({ minExecutors: 2, maxExecutors: 9 });
});

test("planManifest chooses the credentials class by identity and hadoop-aws line", () => {
  const provider = (settings: Partial<ManifestSettings>) =>
    specWith(settings).hadoopConf["fs.s3a.aws.credentials.provider"];
  expect(provider({ identity: "irsa" })).toBe(
    "com.amazonaws.auth.WebIdentityTokenCredentialsProvider",
  );
  const v2 = { hadoopVersion: "3.4.1", awsSdkVersion: "2.24.6" };
  expect(provider({ ...v2, identity: "irsa" })).toBe(
    "software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider",
  );
  expect(provider({ ...v2, identity: "pod-identity" })).toBe(
    "software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider",
  );
  expect(provider({ awsSdkVersion: "1.12.746", identity: "pod-identity" })).toBe(
    "com.amazonaws.auth.EC2ContainerCredentialsProviderWrapper",
  );
});

test("planManifest refuses an identity that the image's S3A cannot have", () => {
  expect(problemsOf({ settings: { identity: "pod-identity" } })).toEqual([
    expect.stringMatching(/^--identity pod-identity: .*1\.12\.262\) knows no Pod Identity; use /),
  ]);
  // Without an event log Spark does not touch S3, and the workers' SDK knows every identity.
  const settings = { identity: "pod-identity", eventLog: "none" } as const;
  expect(problemsOf({ settings })).toEqual([]);
  expect(problemsOf({ settings: { hadoopVersion: "3.4.1" } })).toEqual([
    expect.stringContaining("hadoop-aws 3.4.1 works with the AWS SDK for Java 2.x only"),
  ]);
});

test("planManifest puts the event log below the prefix, elsewhere, or nowhere", () => {
  const dir = (settings: Partial<ManifestSettings>, prefix = "beam/words") =>
    specWith(settings, { prefix }).sparkConf["spark.eventLog.dir"];
  expect(dir({})).toBe("s3a://books/beam/words/spark-events/");
  expect(dir({}, "")).toBe("s3a://books/spark-events/");
  expect(dir({ eventLog: "s3://logs/spark" })).toBe("s3a://logs/spark/");
  expect(dir({ eventLog: "none" })).toBeUndefined();
});

test("planManifest names the role in the account for irsa only, and no secret for a Secret", () => {
  const roleArn = "arn:aws:iam::123456789012:role/words";
  const [account] = planManifest({ ...input, settings: { roleArn } }).support;
  expect(account?.metadata.annotations).toEqual({ "eks.amazonaws.com/role-arn": roleArn });
  const { driver, executor } = specWith({ identity: "secret", awsSecret: "minio" });
  const refs = {
    AWS_ACCESS_KEY_ID: { name: "minio", key: "AWS_ACCESS_KEY_ID" },
    AWS_SECRET_ACCESS_KEY: { name: "minio", key: "AWS_SECRET_ACCESS_KEY" },
  };
  expect(driver.envSecretKeyRefs).toEqual(refs);
  expect(executor.envSecretKeyRefs).toEqual(refs);
});

test("planManifest passes an S3 of one's own to Spark and to the workers", () => {
  const { hadoopConf, sparkConf } = specWith(
    {},
    { s3Endpoint: "http://minio:9000", s3PathStyle: true },
  );
  expect(hadoopConf).toMatchObject({
    "fs.s3a.endpoint": "http://minio:9000",
    "fs.s3a.connection.ssl.enabled": "false",
    "fs.s3a.path.style.access": "true",
  });
  expect(sparkConf).toMatchObject({
    "spark.executorEnv.AWS_ENDPOINT_URL_S3": "http://minio:9000",
    "spark.kubernetes.driverEnv.AWS_REGION": "eu-west-1",
  });
});

test("planManifest mounts each kind of local disk where Spark looks for it", () => {
  const empty = specWith({ localDisk: { kind: "empty-dir", size: "100Gi" } });
  expect(empty.volumes).toEqual([{ name: "spark-local-dir-1", emptyDir: { sizeLimit: "100Gi" } }]);
  expect(empty.executor.volumeMounts).toEqual([
    { name: "spark-local-dir-1", mountPath: "/data/spark-local" },
  ]);
  const host = specWith({ localDisk: { kind: "host-path", path: "/mnt/nvme0" } });
  expect(host.volumes?.[0]?.hostPath).toEqual({ path: "/mnt/nvme0", type: "Directory" });
  const claim = specWith({ localDisk: { kind: "claim", storageClass: "gp3", size: "50Gi" } });
  expect(claim.volumes).toBeUndefined();
  expect(claim.executor.podSecurityContext).toEqual({ fsGroup: 185 });
  const volume = "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1";
  expect(claim.sparkConf).toMatchObject({
    [`${volume}.options.claimName`]: "OnDemand",
    [`${volume}.options.storageClass`]: "gp3",
  });
});

test("planManifest wraps a scheduled application as a template, edits included", () => {
  const { application } = planManifest({
    ...input,
    settings: { schedule: "0 6 * * *", timeZone: "Europe/Paris" },
    sets: [set("spec.executor.instances=7")],
  });
  expect(application).toMatchObject({
    kind: "ScheduledSparkApplication",
    metadata: { name: "wordcount" },
    spec: {
      schedule: "0 6 * * *",
      timeZone: "Europe/Paris",
      concurrencyPolicy: "Forbid",
      // Taken up again by a deploy, where people have suspended it.
      suspend: false,
      template: { type: "Java", executor: { instances: 7 } },
    },
  });
});

test("planManifest leaves room for the number behind the name of a scheduled run", () => {
  const appName = "a".repeat(40);
  expect(planManifest({ ...input, appName }).application.metadata.name).toBe(appName);
  expect(() => planManifest({ ...input, appName, settings: { schedule: "0 6 * * *" } })).toThrow(
    expect.objectContaining({
      problems: [
        expect.objectContaining({ message: expect.stringContaining("longer than 32 characters") }),
      ],
    }),
  );
});

test("the spot profile keeps the driver off spot nodes and moves shuffles when one is taken", () => {
  const { driver, executor, sparkConf, restartPolicy } = specWith({}, { profile: "spot" });
  const terms = (spec: typeof driver | typeof executor) =>
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  expect(terms(driver)?.[0]?.matchExpressions.map(({ operator }) => operator)).toEqual([
    "NotIn",
    "NotIn",
  ]);
  expect(terms(executor)).toHaveLength(2);
  expect(sparkConf["spark.storage.decommission.shuffleBlocks.enabled"]).toBe("true");
  expect(restartPolicy).toMatchObject({ type: "OnFailure", onFailureRetries: 3 });
});

test("the graviton profile asks for arm64 nodes; a flag adds to its selector", () => {
  const { driver, executor } = specWith(
    { nodeSelector: { pool: "spark" } },
    { profile: "graviton" },
  );
  for (const { nodeSelector } of [driver, executor]) {
    expect(nodeSelector).toEqual({ "kubernetes.io/arch": "arm64", pool: "spark" });
  }
});

test("patches come before sets, and both beat flags", () => {
  const patch = { spec: { executor: { cores: 3, env: [{ name: "A", value: "1" }] } } };
  const { executor } = specWith(
    { executorCores: 2 },
    { patches: [patch], sets: [set("spec.executor.cores=5")] },
  );
  expect(executor.cores).toBe(5);
  expect(executor).toHaveProperty("env", [{ name: "A", value: "1" }]);
});

test("a patch can be for the account", () => {
  const patches = [{ kind: "ServiceAccount", metadata: { annotations: { a: "b" } } }];
  const [account] = planManifest({ ...input, patches }).support;
  expect(account?.metadata).toMatchObject({ name: "beamline-spark", annotations: { a: "b" } });
  expect(problemsOf({ patches: [{ kind: "Pod" }, 7] })).toEqual([
    "--patch 1: is for kind Pod, which the manifest has not; it has SparkApplication, ServiceAccount, Role, RoleBinding",
    "--patch 2: is no object; write the fields to change as they are in the manifest",
  ]);
});

test("planManifest tells everything that is wrong with its input at once", () => {
  expect(
    problemsOf({
      appName: "Word_Count",
      bucket: "s3://books/beam",
      prefix: "/beam/",
      settings: {
        driverMemory: "lots",
        executorMemory: "100m",
        maxExecutors: 3,
        identity: "secret",
        roleArn: "words",
      },
    }),
  ).toEqual([
    expect.stringMatching(/^--name Word_Count: may have lower-case .*; use word-count$/),
    expect.stringMatching(/^--bucket s3:\/\/books\/beam: is no name of a bucket/),
    expect.stringMatching(/^--prefix \/beam\/: has an empty part/),
    "--driver-memory lots: is no size; write it as 512m or 4g",
    "--executor-memory 100m: is too little for Spark; at least 512m",
    "--max-executors: needs --min-executors too: executors come and go between them",
    expect.stringMatching(/^--identity secret: needs --aws-secret NAME/),
    expect.stringMatching(/^--role-arn: is for --identity irsa/),
    expect.stringMatching(/^--role-arn words: is no ARN of a role/),
  ]);
});

test("planManifest refuses secrets wherever they come from", () => {
  const key = ["AKIA", "ABCDEFGHIJKLMNOP"].join("");
  expect(problemsOf({ sets: [set("spec.hadoopConf.fs.s3a.secret.key=abc")] })).toEqual([
    expect.stringMatching(/^--set spec\.hadoopConf\.fs\.s3a\.secret\.key: holds a secret/),
  ]);
  expect(
    problemsOf({
      settings: {
        hadoopConf: { "fs.s3a.access.key": "abc" },
        sparkConf: { "spark.authenticate.secret": "x" },
      },
      arguments: [`--key=${key}`],
      patches: [{ spec: { driver: { env: [{ name: "AWS_SECRET_ACCESS_KEY", value: "x" }] } } }],
    }).map((problem) => problem.split(": ")[0]),
  ).toEqual([
    "spec.arguments[0]",
    "spec.sparkConf.spark.authenticate.secret",
    "spec.hadoopConf.fs.s3a.access.key",
    "spec.driver.env[0] AWS_SECRET_ACCESS_KEY",
  ]);
});

test("no profile is refused, for a secret in it or otherwise", () => {
  for (const profile of profileNames) expect(problemsOf({ profile })).toEqual([]);
});
