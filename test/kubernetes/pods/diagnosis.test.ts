import { afterAll, beforeAll, expect, test } from "vitest";
import { diagnosisRows } from "../../../packages/cli/dist/doctor/diagnosis/rows.js";
import { createMinioUser } from "../../support/minio-user.js";
import { untilSlow } from "../support/applications.js";
import { gate } from "../support/gate.js";
import { Patients, set } from "../support/patients.js";
import { podsOf } from "../support/pods.js";
import { refusingRegistry } from "../support/refusing-registry.js";
import { stubOfResultTask } from "../support/stub-class.js";
import { testCluster } from "../support/test-cluster.js";
import { createBucket, createSecret } from "../support/workbench.js";

/** Known failures of packages/cli/src/doctor/diagnosis, each provoked for real. */

const NOWHERE = `sha256:${"0".repeat(64)}`;

const cluster = testCluster();
let patients: Patients;
beforeAll(async () => {
  patients = await Patients.open(cluster, "diagnosis");
  await patients.image();
});
afterAll(() => patients?.close());

interface Provocation {
  /** Of a row of the table; the application is called the same. */
  readonly id: string;
  /** What the pipeline does; default: its work. */
  readonly how?: string;
  /** Default: a Secret with keys that may use the bucket. */
  readonly identity?: readonly string[];
  readonly args?: readonly string[] | (() => Promise<readonly string[]>);
  /** Done to the application once it is there. */
  readonly once?: (app: string) => Promise<void>;
  /** Part of the cause in words. */
  readonly cause: RegExp;
}

/** What happens once would happen three more times. */
const ONE_TRY = ["--spark-conf", "spark.task.maxFailures=1"];

const PROVOCATIONS: readonly Provocation[] = [
  {
    id: "image-not-found",
    args: async () => ["--image", `${cluster.registry}/none@${NOWHERE}`],
    cause: /there is no image .*none@sha256/,
  },
  {
    id: "image-denied",
    args: async () => ["--image", `${await refusingRegistry(patients.folder)}/some@${NOWHERE}`],
    cause: /the nodes may not pull/,
  },
  {
    id: "image-pull",
    args: ["--image", `127.0.0.1:9/some@${NOWHERE}`],
    cause: /the node cannot pull/,
  },
  {
    id: "not-our-image",
    args: async () => [
      "--image",
      `${cluster.spark.replace(/:[^/:]*$/, "")}@${await digestOf(cluster.spark)}`,
    ],
    cause: /has no \/opt\/beamline/,
  },
  {
    id: "unschedulable",
    args: set("spec.driver.coreRequest=900"),
    cause: /no node can take the driver: .*Insufficient cpu/,
  },
  {
    id: "no-such-bucket",
    args: ["--event-log", "s3a://no-such-bucket-here/events/"],
    cause: /there is no bucket no-such-bucket-here/,
  },
  {
    id: "access-denied",
    args: async () => {
      const { s3 } = cluster;
      const user = await createMinioUser(s3, "may-nothing", [
        { Effect: "Allow", Action: ["s3:ListAllMyBuckets"], Resource: ["arn:aws:s3:::*"] },
      ]);
      await createSecret(cluster, "may-nothing", user);
      return ["--aws-secret", "may-nothing"];
    },
    cause: /S3 refuses s3a:\/\/diagnosis/,
  },
  {
    id: "no-credentials",
    identity: ["--identity", "irsa"],
    cause: /is bound to no role/,
  },
  {
    id: "event-log-folder",
    args: async () => {
      await createBucket(patients.bench.s3, "without-folder");
      return ["--event-log", "s3a://without-folder/events/"];
    },
    cause: /s3a:\/\/without-folder\/events.* is none/,
  },
  {
    id: "service-account",
    args: ["--service-account", "nobody", "--no-create-service-account"],
    cause: /no service account .*nobody/,
  },
  {
    id: "no-filesystem",
    args: async () => [
      "--image",
      await patients.image("well", ["--platform", "linux/amd64", "--no-s3a"]),
    ],
    cause: /the image lacks hadoop-aws/,
  },
  {
    id: "submission-refused",
    args: ["--spark-conf", "spark.kubernetes.driver.podTemplateFile=/nowhere/template.yaml"],
    cause: /Spark refused to start the driver/,
  },
  {
    id: "driver-exit",
    args: ["--spark-conf", "spark.driver.maxResultSize=much"],
    cause: /^the driver failed: /,
  },
  {
    id: "process-died",
    args: [...ONE_TRY, "--spark-conf", "spark.executorEnv.BEAMLINE_NODE=/nowhere/node"],
    cause: /exit code|no Node/,
  },
  {
    id: "invalid-class",
    args: async () => [...ONE_TRY, "--patch", await stubOfResultTask(cluster, patients.folder)],
    cause: /different releases of Spark .*ResultTask/,
  },
  {
    id: "driver-out-of-memory",
    args: set(
      "spec.driver.memoryOverhead=16m",
      "spec.driver.javaOptions=-Xms512m -XX:+AlwaysPreTouch",
    ),
    cause: /the driver used more memory/,
  },
  {
    id: "java-heap",
    how: "rows",
    args: [...ONE_TRY, ...set("spec.executor.memoryOverhead=2g")],
    cause: /Java's own memory was too small/,
  },
  {
    id: "node-heap",
    how: "objects",
    args: [...ONE_TRY, ...set("spec.executor.memoryOverhead=2g")],
    cause: /limit of its heap/,
  },
  {
    id: "driver-killed",
    how: "slowly",
    once: async (app) => {
      await patients.running(app);
      await cluster.kubectl("delete", "pod", `${app}-driver`, "--grace-period=1");
    },
    cause: /driver/,
  },
  {
    id: "executors-lost",
    how: "slowly",
    args: ["--spark-conf", "spark.executor.maxNumFailures=1"],
    once: async (app) => {
      // One may be lost; the second is one too many.
      for (let lost = 0; lost < 2; lost++) {
        const pod = await patients.running(app);
        await cluster.kubectl("exec", pod, "--", "pkill", "-ABRT", "java");
        await untilSlow(`${pod} to end`, async () => {
          const pods = await podsOf(cluster, app, "executor");
          return !pods.some(({ name, phase }) => name === pod && phase === "Running");
        });
      }
    },
    cause: /executor/,
  },
  {
    id: "evicted",
    how: "slowly",
    once: async (app) => {
      await patients.running(app);
      const pod = `${app}-driver`;
      const path = `/api/v1/namespaces/${cluster.jobNamespace}/pods/${pod}`;
      // It stays to be seen for a moment, as it does on a node that has much to do.
      const hold = '{"metadata":{"finalizers":["beamline.dev/test"]}}';
      await cluster.kubectl("patch", "pod", pod, "--type=merge", "-p", hold);
      await cluster.api("POST", `${path}/eviction`, {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name: pod, namespace: cluster.jobNamespace },
      });
    },
    cause: /was taken off its node/,
  },
];

/** What other files provoke. */
const ELSEWHERE = {
  "broken-cluster.test.ts": ["class-not-found", "quota", "stale-driver", "webhook", "no-crd"],
  "faults.test.ts": ["image-platform", "executor-out-of-memory", "not-watched"],
};

test("every known failure is provoked", () => {
  const provoked = [...PROVOCATIONS.map(({ id }) => id), ...Object.values(ELSEWHERE).flat()];
  expect(provoked.sort()).toEqual(diagnosisRows.map(({ id }) => id).sort());
});

// Four at a time: each is a driver, and some an executor.
const free = gate(4);

test.concurrent.each(PROVOCATIONS)(
  "$id is told by its cause",
  async ({ id, how = "well", identity, args = [], once, cause }) => {
    await free(async () => {
      const image = await patients.image(how);
      const more = typeof args === "function" ? await args() : args;
      const deploy = patients.deployment(id, image, { how, identity });
      const { code, stderr } = await patients.bench.beamline([...deploy, "--detach", ...more]);
      expect(code, stderr).toBe(0);
      try {
        await once?.(id);
        const finding = await patients.untilFound(id, id);
        expect(finding.cause).toMatch(cause);
        expect(finding.quote).not.toBe("");
        expect(finding.mend.length).toBeGreaterThan(0);
      } finally {
        await patients.clear(id);
      }
    });
  },
  // Waiting for one's turn counts.
  45 * 60_000,
);

async function digestOf(reference: string): Promise<string> {
  const [, repository = "", tag = ""] = /^[^/]+\/(.*):([^:]*)$/.exec(reference) ?? [];
  const url = `http://${cluster.registry}/v2/${repository}/manifests/${tag}`;
  const accept =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
  const response = await fetch(url, { headers: { accept } });
  return response.headers.get("docker-content-digest") ?? "";
}
