import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mustRun } from "../../../tools/lib/run.mjs";
import type { TestCluster } from "./test-cluster.js";

/**
 * Makes a class of Spark's that differs from the driver's, as that of another release does, and
 * keeps it in a ConfigMap. Returns the path of a patch by which executors load it first.
 */
export async function stubOfResultTask(cluster: TestCluster, folder: string): Promise<string> {
  const source = join(folder, "stub", "ResultTask.java");
  mkdirSync(join(folder, "stub", "classes"), { recursive: true });
  writeFileSync(
    source,
    "package org.apache.spark.scheduler;\npublic class ResultTask implements java.io.Serializable { int other; }\n",
  );
  const classes = join(folder, "stub", "classes");
  const jar = join(folder, "stub", "stub.jar");
  await mustRun("javac", ["--release", "11", "-d", classes, source]);
  await mustRun("jar", ["--create", "--file", jar, "-C", classes, "."]);
  await cluster.apply("configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "stub-class", namespace: cluster.jobNamespace },
    binaryData: { "stub.jar": readFileSync(jar).toString("base64") },
  });
  const patch = join(folder, "stub", "patch.yaml");
  writeFileSync(
    patch,
    [
      "spec:",
      "  volumes: [{ name: stub, configMap: { name: stub-class } }]",
      "  executor:",
      "    volumeMounts: [{ name: stub, mountPath: /opt/stub }]",
      // Java looks there before it looks into Spark's jars.
      "    javaOptions: -Xbootclasspath/a:/opt/stub/stub.jar",
      "",
    ].join("\n"),
  );
  return patch;
}
