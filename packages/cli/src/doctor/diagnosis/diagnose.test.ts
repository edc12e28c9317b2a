import { expect, test } from "vitest";
import { appPodOf } from "../../app/pods.js";
import { plain } from "../../terminal/style.js";
import { diagnose } from "./diagnose.js";
import { doubledMemory } from "./doubled-memory.js";
import type { DiagnosisContext, Fact } from "./fact.js";
import { findingLines } from "./finding-lines.js";
import { applicationFacts, podFacts } from "./gather-facts.js";
import { diagnosisRows } from "./rows.js";

const context: DiagnosisContext = {
  app: "words",
  namespace: "jobs",
  file: "words.ts",
  image: "registry/words@sha256:1",
  bucket: "books",
  serviceAccount: "spark",
  executorMemory: "1g",
  executorOverhead: "512m",
  driverOverhead: "384m",
};

const driver = { subject: "words-driver", role: "driver" } as const;
const executor = { subject: "words-exec-1", role: "executor" } as const;
const log = (text: string, of: typeof driver | typeof executor = driver): Fact => ({
  from: "log",
  ...of,
  text,
});

/** What real clusters and programs say, and what it means. */
const SIGNATURES: readonly (readonly [id: string, Fact, cause: RegExp])[] = [
  [
    "image-platform",
    {
      from: "container",
      ...driver,
      reason: "ErrImagePull",
      text: "rpc error: code = NotFound desc = failed to pull and unpack image: no match for platform in manifest: not found",
    },
    /not made for the processor/,
  ],
  [
    "image-not-found",
    {
      from: "container",
      ...driver,
      reason: "ErrImagePull",
      text: 'rpc error: code = NotFound desc = failed to resolve reference "registry/words": not found',
    },
    /no image registry\/words/,
  ],
  [
    "image-denied",
    {
      from: "container",
      ...driver,
      reason: "ErrImagePull",
      text: "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
    },
    /may not pull/,
  ],
  [
    "image-pull",
    { from: "container", ...driver, reason: "ImagePullBackOff", text: "dial tcp: i/o timeout" },
    /cannot pull/,
  ],
  [
    "executor-out-of-memory",
    { from: "container", ...executor, reason: "OOMKilled", exitCode: 137, text: "ended" },
    /1g for Java and 512m for the Node workers/,
  ],
  [
    "executor-out-of-memory",
    log("The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM)."),
    /was killed \(exit code 137\), most likely as it used more than its pod may have/,
  ],
  [
    "driver-out-of-memory",
    { from: "container", ...driver, reason: "OOMKilled", exitCode: 137, text: "ended" },
    /the driver used more/,
  ],
  ["java-heap", log("java.lang.OutOfMemoryError: Java heap space", executor), /Java heap space/],
  [
    "node-heap",
    log(
      "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
      executor,
    ),
    /limit of its heap/,
  ],
  [
    "node-heap",
    log(
      "Caused by: java.lang.RuntimeException: Cannot finish the bundle: its worker thread ran out of memory",
    ),
    /limit of its heap/,
  ],
  [
    "unschedulable",
    {
      from: "condition",
      ...executor,
      reason: "Unschedulable",
      text: "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
    },
    /^no node can take the executor: 1 Insufficient memory$/,
  ],
  [
    "quota",
    {
      from: "application",
      subject: "words",
      text: 'pods "words-driver" is forbidden: exceeded quota: small, requested: requests.cpu=1, used: 2, limited: 2',
    },
    /quota small/,
  ],
  [
    "evicted",
    {
      from: "condition",
      ...driver,
      reason: "Evicted",
      text: "The node was low on resource: memory.",
    },
    /taken off its node/,
  ],
  [
    "no-such-bucket",
    log(
      "com.amazonaws.services.s3.model.AmazonS3Exception: The specified bucket does not exist (Error Code: NoSuchBucket)",
    ),
    /no bucket books/,
  ],
  [
    "no-such-bucket",
    log(
      "org.apache.hadoop.fs.s3a.UnknownStoreException: `s3a://gone/': Bucket does not exist: NoSuchBucket",
    ),
    /no bucket gone/,
  ],
  [
    "no-credentials",
    log(
      "Caused by: java.lang.NullPointerException: You must specify a value for roleArn and roleSessionName",
    ),
    /spark is bound to no role/,
  ],
  [
    "no-credentials",
    log(
      "Caused by: org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided by WebIdentityTokenCredentialsProvider",
    ),
    /spark is bound to no role/,
  ],
  [
    "access-denied",
    log(
      "java.nio.file.AccessDeniedException: s3a://books/p/spark-events: getFileStatus: Forbidden (Service: Amazon S3; Status Code: 403)",
    ),
    /refuses s3a:\/\/books\/p\/spark-events/,
  ],
  [
    "access-denied",
    log("(Service: Amazon S3; Status Code: 403; Error Code: InvalidAccessKeyId)"),
    /does not know these credentials/,
  ],
  [
    "event-log-folder",
    log("java.io.FileNotFoundException: No such file or directory: s3a://books/p/spark-events"),
    /s3a:\/\/books\/p\/spark-events is none/,
  ],
  [
    "service-account",
    {
      from: "application",
      subject: "words",
      text: 'Error creating: pods "x" is forbidden: error looking up service account jobs/spark: serviceaccount "spark" not found',
    },
    /no service account spark/,
  ],
  [
    "service-account",
    log(
      'pods is forbidden: User "system:serviceaccount:jobs:default" cannot watch resource "pods" in API group ""',
    ),
    /lacks rights/,
  ],
  [
    "no-filesystem",
    log('org.apache.hadoop.fs.UnsupportedFileSystemException: No FileSystem for scheme "s3"'),
    /knows no s3:\/\//,
  ],
  [
    "no-filesystem",
    log(
      "java.lang.RuntimeException: java.lang.ClassNotFoundException: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found",
    ),
    /lacks hadoop-aws/,
  ],
  [
    "not-our-image",
    log(
      'Exception in thread "main" java.nio.file.NoSuchFileException: /opt/beamline/job-server.jar',
    ),
    /has no \/opt\/beamline\/job-server.jar/,
  ],
  [
    "class-not-found",
    log("Error: Failed to load class beamline.spark.PipelineMain."),
    /spec\.deps\.jars/,
  ],
  [
    "class-not-found",
    log("java.lang.ClassNotFoundException: com.example.Main"),
    /com\.example\.Main is not in the image/,
  ],
  [
    "invalid-class",
    log(
      "java.io.InvalidClassException: org.apache.spark.rdd.RDD; local class incompatible: stream classdesc serialVersionUID = 1, local class serialVersionUID = 2",
    ),
    /different releases of Spark/,
  ],
  [
    "process-died",
    log("java.lang.IllegalStateException: Process died with exit code 127", executor),
    /no Node where it looks/,
  ],
  [
    "process-died",
    log(
      'java.io.IOException: Cannot run program "/opt/apache/beam/boot": error=2, No such file or directory',
      executor,
    ),
    /the image has no worker/,
  ],
  [
    "webhook",
    {
      from: "request",
      subject: "words",
      text: 'Internal error occurred: failed calling webhook "mutate-sparkapplication.sparkoperator.k8s.io": failed to call webhook: Post "https://x:443/mutate": dial tcp 10.0.0.1:443: connect: connection refused',
    },
    /mutate-sparkapplication.* \(connection refused/,
  ],
  [
    "stale-driver",
    {
      from: "application",
      subject: "words",
      text: 'failed to run spark-submit: pods "words-driver" already exists',
    },
    /pod words-driver already/,
  ],
  [
    "submission-refused",
    {
      from: "application",
      subject: "words",
      reason: "FAILED",
      text: 'failed to submit spark application: failed to run spark-submit: failed to run spark-submit: Exception in thread "main" org.apache.spark.SparkException: Cluster deploy mode is not applicable.\n\tat x',
    },
    /^Spark refused to start the driver: SparkException: Cluster deploy mode is not applicable\.$/,
  ],
  [
    "driver-killed",
    { from: "container", ...driver, reason: "Error", exitCode: 143, text: "ended" },
    /killed from outside/,
  ],
  [
    "driver-killed",
    {
      from: "application",
      subject: "words",
      reason: "FAILED",
      text: "driver container failed with ExitCode: 137, Reason: Error",
    },
    /killed from outside \(exit code 137\)/,
  ],
  [
    "stale-driver",
    {
      from: "application",
      subject: "words",
      reason: "FAILED",
      text: "failed to submit spark application: failed to run spark-submit: driver pod already exist",
    },
    /pod words-driver already/,
  ],
  ["executors-lost", log("Max number of executor failures (4) reached"), /4 executors in a row/],
  [
    "driver-exit",
    log('Exception in thread "main" java.lang.IllegalStateException: something new'),
    /something new/,
  ],
];

test.each(SIGNATURES)("diagnose finds %s in %j", (id, fact, cause) => {
  const [first] = diagnose([fact], context);
  expect(first?.id).toBe(id);
  expect(first?.cause).toMatch(cause);
  expect(first?.mend.length).toBeGreaterThan(0);
  expect(first?.evidence).toBe(fact);
});

test("diagnose has a signature here for every row of its table", () => {
  const covered = new Set(SIGNATURES.map(([id]) => id));
  const elsewhere = ["not-watched", "no-crd"];
  expect(
    diagnosisRows
      .map(({ id }) => id)
      .filter((id) => !covered.has(id))
      .sort(),
  ).toEqual(elsewhere.sort());
  expect(new Set(diagnosisRows.map(({ id }) => id)).size).toBe(diagnosisRows.length);
});

test("diagnose leaves out what follows from another finding, and what says little beside one", () => {
  const facts: Fact[] = [
    log("java.lang.IllegalStateException: Process died with exit code 137", executor),
    { from: "container", ...executor, reason: "OOMKilled", exitCode: 137, text: "ended" },
    log("Caused by: org.apache.spark.SparkException: Job aborted"),
  ];
  expect(diagnose(facts, context).map(({ id }) => id)).toEqual(["executor-out-of-memory"]);
  expect(diagnose([], context)).toEqual([]);
});

test("findingLines quotes the line, tells pod and time, and gives the command that mends it", () => {
  const at = new Date("2026-11-22T22:31:10.500Z");
  const fact: Fact = {
    from: "container",
    ...executor,
    reason: "OOMKilled",
    exitCode: 137,
    text: "killed",
    at,
  };
  const lines = findingLines(diagnose([fact], context), { width: 200, style: plain });
  expect(lines[1]).toBe("  pod words-exec-1, OOMKilled, exit code 137, 2026-11-22T22:31:10Z");
  expect(lines[2]).toBe('    "killed"');
  expect(lines[3]).toBe(
    "  mend  beamline deploy words.ts ... --set spec.executor.memoryOverhead=1024m",
  );
});

test("applicationFacts tells an application that no operator has touched, once it is old enough", () => {
  const object = {
    apiVersion: "a",
    kind: "SparkApplication",
    metadata: { name: "words", namespace: "jobs", creationTimestamp: "2026-11-22T22:31:00Z" },
  };
  expect(applicationFacts(object, new Date("2026-11-22T22:31:05Z"))).toEqual([]);
  const facts = applicationFacts(object, new Date("2026-11-22T22:31:40Z"));
  const [first] = diagnose(facts, context);
  expect(first?.id).toBe("not-watched");
  expect(first?.cause).toContain("does not watch the namespace jobs");
  expect(first?.quote).toBe("no status 40 s after it was created");
});

test("podFacts tells why containers wait or ended, also before they were started again", () => {
  const facts = podFacts(
    appPodOf({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "words-driver", labels: { "spark-role": "driver" } },
      status: {
        phase: "Pending",
        conditions: [
          { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" },
          { type: "Ready", status: "False", reason: "ContainersNotReady", message: "not ready" },
        ],
        containerStatuses: [
          {
            name: "spark",
            state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
            lastState: {
              terminated: {
                exitCode: 137,
                reason: "OOMKilled",
                finishedAt: "2026-11-22T22:31:00Z",
              },
            },
          },
        ],
      },
    }),
  );
  expect(facts.map(({ reason }) => reason)).toEqual([
    "CrashLoopBackOff",
    "OOMKilled",
    "Unschedulable",
  ]);
  expect(facts[1]?.exitCode).toBe(137);
});

test("podFacts tells of memory that ran out where only a worker died of it", () => {
  const ended = { exitCode: 0, finishedAt: "2026-11-22T22:31:00Z" };
  const facts = ["OOMKilled", "Completed"].flatMap((reason) =>
    podFacts(
      appPodOf({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "words-exec-1", labels: { "spark-role": "executor" } },
        status: {
          phase: "Succeeded",
          containerStatuses: [{ name: "spark", state: { terminated: { ...ended, reason } } }],
        },
      }),
    ),
  );
  expect(facts.map(({ reason }) => reason)).toEqual(["OOMKilled"]);
  expect(diagnose(facts, context).map(({ id }) => id)).toEqual(["executor-out-of-memory"]);
});

test.each([
  ["512m", "1024m"],
  ["2g", "4g"],
  ["1Gb", "2g"],
  [undefined, "2g"],
])("doubledMemory makes %s %s", (memory, twice) => {
  expect(doubledMemory(memory)).toBe(twice);
});
