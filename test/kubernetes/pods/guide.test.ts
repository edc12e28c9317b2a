import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blocksOf } from "../../../tools/docs/markdown.mjs";
import { run } from "../../../tools/lib/run.mjs";
import { textToCount, WORDCOUNT } from "../../spark/support.js";
import { testCluster } from "../support/test-cluster.js";
import { openWorkbench, QUICK_JAVA, type Workbench } from "../support/workbench.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const GUIDE = join(ROOT, "docs/eks.md");
const BUCKET = "guide";
/** Behind `sh no-check` in the guide: the block is run here, in the order of the page. */
const MARK = "test/kubernetes/pods/guide.test.ts";

const cluster = testCluster();
let bench: Workbench;
let folder: string;

beforeAll(async () => {
  bench = await openWorkbench(cluster, BUCKET);
  mkdirSync(join(ROOT, ".beamline"), { recursive: true });
  folder = mkdtempSync(join(ROOT, ".beamline", "guide-test-"));
  copyFileSync(WORDCOUNT, join(folder, "wordcount.ts"));
  // What a reader has in a file of this name, for this cluster.
  const config = {
    bucket: BUCKET,
    image: bench.repository,
    base: cluster.spark,
    platform: ["linux/amd64"],
    identity: "secret",
    awsSecret: BUCKET,
    profile: "dev",
    driverMemory: "512m",
    executorMemory: "512m",
    set: ["spec.driver.coreRequest=100m", "spec.executor.coreRequest=100m"],
    sparkConf: {
      "spark.kubernetes.driverEnv.JAVA_TOOL_OPTIONS": QUICK_JAVA,
      "spark.executorEnv.JAVA_TOOL_OPTIONS": QUICK_JAVA,
    },
  };
  writeFileSync(
    join(folder, "beamline.config.ts"),
    `export default { defaults: ${JSON.stringify(config)} };\n`,
  );
  const Body = readFileSync(textToCount(folder).path);
  await bench.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "lear.txt", Body }));
});

afterAll(() => {
  bench?.close();
  rmSync(folder, { recursive: true, force: true });
});

const blocks = blocksOf(readFileSync(GUIDE, "utf8")).filter(
  ({ language, info }) => language === "sh" && info.includes(MARK),
);

test("the guide has commands to run", () => {
  expect(blocks.length).toBeGreaterThan(5);
});

test.each(blocks.map(({ line, lines }) => ({ line, script: lines.join("\n") })))(
  "docs/eks.md:$line runs",
  async ({ script }) => {
    const env = {
      PATH: [join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter),
      BUCKET,
      IMAGE: bench.repository,
      KUBECONFIG: cluster.kubeconfig,
      AWS_ACCESS_KEY_ID: cluster.s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: cluster.s3.secretAccessKey,
      AWS_REGION: cluster.s3.region,
      AWS_ENDPOINT_URL_S3: cluster.s3.endpoint,
    };
    const { code, output } = await run("sh", ["-euxc", script], {
      cwd: folder,
      env,
      timeoutMs: 580_000,
    });
    // The transcript for the guide.
    console.log(output);
    expect(code, output).toBe(0);
  },
);
