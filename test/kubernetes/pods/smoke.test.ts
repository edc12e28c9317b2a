import { join } from "node:path";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { mustRun } from "../../../tools/lib/run.mjs";
import { applicationPath, untilSlow, untilState } from "../support/applications.js";
import { podsOf } from "../support/pods.js";
import { ensureSmokeImage } from "../support/smoke-image.js";
import { testCluster } from "../support/test-cluster.js";
import { createBucket, QUICK_JAVA } from "../support/workbench.js";

const cluster = testCluster();
const { endpoint, region, accessKeyId, secretAccessKey } = cluster.s3;
const bucket = "smoke";

test("a Spark application runs as driver and executor pods, with data and event log on S3", async () => {
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await createBucket(s3, bucket);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "events/", Body: "" }));

  const image = `${cluster.registry}/smoke:1`;
  const crane = join(cluster.programs, "crane");
  await mustRun(crane, ["push", "--insecure", "--index", await ensureSmokeImage(), image]);

  await cluster.api("POST", applicationPath(cluster), application(image));
  // A driver that is told to end by the operator loses its pod: the executor shows while it runs.
  const pods = new Set<string>();
  await untilSlow("the application to end", async () => {
    for (const { name } of await podsOf(cluster, "smoke")) {
      pods.add(name.replace(/-[0-9a-f]{16}-/, "-HASH-"));
    }
    const { state } = await untilState(cluster, "smoke", [
      "",
      "SUBMITTED",
      "RUNNING",
      "COMPLETED",
      "FAILED",
      "SUCCEEDING",
    ]);
    return state === "COMPLETED" || state === "FAILED";
  });
  const log = await cluster.kubectl("logs", "smoke-driver");
  expect((await untilState(cluster, "smoke", ["COMPLETED", "FAILED"])).state, log).toBe(
    "COMPLETED",
  );
  expect([...pods]).toEqual(expect.arrayContaining(["smoke-driver", "smoke-HASH-exec-1"]));

  const read = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: "sum/part-00000" }));
  expect(await read.Body?.transformToString()).toBe("sum 500500\n");
  const events = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: "events/spark-" }),
  );
  expect(events.KeyCount).toBe(1);

  const driver: { metadata: { ownerReferences: { kind: string }[] } } = JSON.parse(
    await cluster.kubectl("get", "pod", "smoke-driver", "-o", "json"),
  );
  expect(driver.metadata.ownerReferences.map(({ kind }) => kind)).toEqual(["SparkApplication"]);
  await cluster.kubectl("delete", "sparkapplication", "smoke");
  await untilSlow("its pods to go", async () => {
    return (await podsOf(cluster, "smoke")).length === 0;
  });
  s3.destroy();
}, 600_000);

function application(image: string) {
  return {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: { name: "smoke" },
    spec: {
      type: "Java",
      mode: "cluster",
      sparkVersion: "3.5.3",
      image,
      imagePullPolicy: "IfNotPresent",
      mainClass: "Smoke",
      mainApplicationFile: "local:///opt/smoke.jar",
      arguments: [`s3a://${bucket}`, "1000"],
      restartPolicy: { type: "Never" },
      sparkConf: {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": `s3a://${bucket}/events`,
        "spark.kubernetes.driverEnv.JAVA_TOOL_OPTIONS": QUICK_JAVA,
        "spark.executorEnv.JAVA_TOOL_OPTIONS": QUICK_JAVA,
      },
      hadoopConf: {
        "fs.s3a.endpoint": endpoint,
        "fs.s3a.path.style.access": "true",
        "fs.s3a.access.key": accessKeyId,
        "fs.s3a.secret.key": secretAccessKey,
      },
      driver: {
        cores: 1,
        coreRequest: "100m",
        memory: "512m",
        serviceAccount: cluster.serviceAccount,
      },
      executor: { cores: 1, coreRequest: "100m", memory: "512m", instances: 1 },
    },
  };
}
