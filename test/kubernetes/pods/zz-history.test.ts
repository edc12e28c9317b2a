import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { testCluster } from "../support/test-cluster.js";
import { openWorkbench } from "../support/workbench.js";

const WORDCOUNT = fileURLToPath(new URL("../../../examples/wordcount.ts", import.meta.url));
test("history", async () => {
  const cluster = testCluster();
  const bench = await openWorkbench(cluster, "hist");
  await bench.s3.send(new PutObjectCommand({ Bucket: "hist", Key: "in.txt", Body: "a b a\n" }));
  await bench.beamline([
    ...bench.deployArguments(WORDCOUNT, "words"),
    "--input",
    "s3://hist/in.txt",
    "--output",
    "s3://hist/out/c",
    "--quiet",
  ]);
  const image = JSON.parse(await cluster.kubectl("get", "sparkapplication", "words", "-o", "json"))
    .spec.image;
  const text = execFileSync("/tmp/c-go/helm", [
    "template",
    "spark-history-server",
    "deploy/terraform/charts/spark-history-server",
    "--set",
    `image=${image},logDirectory=s3a://hist/beamline/wordcount/spark-events/,awsSecret=hist,region=us-east-1,s3Endpoint=${cluster.s3.endpoint},credentialsProvider=com.amazonaws.auth.EnvironmentVariableCredentialsProvider,resources.requests.cpu=100m`,
  ]).toString();
  execFileSync(
    `${cluster.programs}/kubectl`,
    ["--kubeconfig", cluster.kubeconfig, "apply", "-f", "-"],
    { input: text },
  );
  let seen = "";
  for (let i = 0; i < 30; i++) {
    try {
      seen = await cluster.kubectl(
        "get",
        "--raw",
        "/api/v1/namespaces/default/services/spark-history-server:18080/proxy/api/v1/applications",
      );
      if (seen.startsWith("[") && seen.length > 10) break;
    } catch (e) {
      seen = String(e).slice(0, 200);
    }
    await new Promise((r) => setTimeout(r, 3000));
  }
  console.log("SEEN", seen.slice(0, 600));
  expect(seen.startsWith("[")).toBe(true);
}, 220000);
