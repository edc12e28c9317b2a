import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Text, textToCount, WORDCOUNT } from "../../spark/support.js";
import type { CommandEnded } from "../../support/command-line.js";
import { untilSlow } from "../support/applications.js";
import { runningExecutor } from "../support/pods.js";
import { testCluster } from "../support/test-cluster.js";
import { openWorkbench, type Workbench } from "../support/workbench.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const NAME = "lear";
/** Another one each time, so that a cluster that is used again has nothing of it yet. */
const BUCKET = `deploy-${Date.now().toString(36)}`;

const cluster = testCluster();
let bench: Workbench;
let folder: string;
let text: Text;

beforeAll(async () => {
  bench = await openWorkbench(cluster, BUCKET);
  // Inside the checkout, where a pipeline finds the library.
  mkdirSync(join(ROOT, ".beamline"), { recursive: true });
  folder = mkdtempSync(join(ROOT, ".beamline", "deploy-test-"));
  text = textToCount(folder);
  const Body = readFileSync(text.path);
  await bench.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "lear.txt", Body }));
});

afterAll(() => {
  bench?.close();
  rmSync(folder, { recursive: true, force: true });
});

const places = ["--input", `s3://${BUCKET}/lear.txt`, "--output", `s3://${BUCKET}/out/counts`];

/** A repository that no other test has pushed to: the first deploy sends all of the image. */
const apart = ["--image", `${cluster.registry}/${BUCKET}`, "--executors", "2"];

const deploy = (file: string, ...more: readonly string[]) =>
  bench.beamline([...bench.deployArguments(file, NAME), ...apart, ...places, ...more]);

/** Figures for the guide; nothing depends on them. */
function report(what: string, figure: string): void {
  console.log(`FIGURE  ${what}: ${figure}`);
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await bench.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  return Contents.map(({ Key = "" }) => Key).sort();
}

test("deploy takes a pipeline from TypeScript to its results in S3", async () => {
  const started = performance.now();
  let harness = "";
  let over = false;
  const deploying = deploy(WORDCOUNT).finally(() => {
    over = true;
  });
  // Workers run as processes of the executor's pod: seen while they do.
  const looking = untilSlow("a worker in an executor's pod", async () => {
    const pod = await runningExecutor(cluster, NAME);
    if (pod !== undefined) {
      const listed = await cluster.kubectl("exec", pod, "--", "ps", "-eo", "args");
      harness ||= listed.split("\n").find((line) => line.includes("--provision_endpoint=")) ?? "";
    }
    await setTimeout(500);
    return over || harness !== "";
  });
  const { code, stderr } = await deploying;
  await looking;
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/mount +base|push +base/);
  expect(stderr).toMatch(/push +pipeline, /);
  expect(stderr).toMatch(/upload +record/);
  expect(stderr).toMatch(/create +SparkApplication default\/lear/);
  expect(stderr).toMatch(/Done in .*: default\/lear/);
  expect(harness).toMatch(/\/opt\/.* --id=\S+ --provision_endpoint=/);
  report(
    "cold deploy, image included, to the end of the job",
    `${Math.round(performance.now() - started)} ms`,
  );
  report("created", /Applied: .*/.exec(stderr)?.[0] ?? "?");
});

test("app results finds the shards and compares them with what is expected", async () => {
  const expected = Object.entries(text.counts).flatMap(([word, count]) => [
    "--expect",
    `${word}=${count}`,
  ]);
  const { code, stdout, stderr } = await bench.beamline([
    "app",
    "results",
    NAME,
    "--limit",
    "3",
    ...expected,
  ]);
  expect(code, stderr).toBe(0);
  expect(stdout.trim().split("\n")).toHaveLength(3);
  for (const [word, count] of Object.entries(text.counts))
    expect(stderr).toContain(`ok    ${word}: ${count}`);

  const [word = "", count = 0] = Object.entries(text.counts)[0] ?? [];
  const wrong = await bench.beamline([
    "app",
    "results",
    NAME,
    "--limit",
    "0",
    "--expect",
    `${word}=${count + 1}`,
  ]);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain(`wrong ${word}: ${count}, expected ${count + 1}`);
});

test("app list, show, logs and metrics tell of it, also when it has ended", async () => {
  const list = JSON.parse(await bench.ask(["app", "list", "--json"]));
  expect(list).toContainEqual(
    expect.objectContaining({ name: NAME, pipeline: "wordcount", state: "COMPLETED" }),
  );

  const shown = await bench.ask(["app", "show", NAME]);
  expect(shown).toMatch(/state +completed/);
  expect(shown).toMatch(/lear-driver +driver +succeeded/);
  expect(shown).toMatch(/exec-1 +succeeded/);

  const logs = (await bench.ask(["app", "logs", NAME, "--json"])).trim().split("\n");
  const lines: { time: string; source: string }[] = logs.map((line) => JSON.parse(line));
  expect(new Set(lines.map(({ source }) => source))).toEqual(
    new Set(["driver", "exec-1", "exec-2"]),
  );
  const times = lines.map(({ time }) => time);
  expect(times).toEqual([...times].sort());

  const metrics = JSON.parse(await bench.ask(["app", "metrics", NAME, "--json"]));
  expect(metrics.from).toBe("event log");
  expect(metrics.executors).toHaveLength(2);
  expect(metrics.executorHours).toBeGreaterThan(0);
  const split = metrics.elements.find(
    (each: { pcollection: string }) => each.pcollection === "Split/FindAll.out",
  );
  expect(split.value).toBeGreaterThan(10_000);
});

test("app history starts a History Server on the event log, and it lists the application", async () => {
  await whileShown(["app", "history", NAME], async (url) => {
    const listed: unknown = await (await fetch(`${url}/api/v1/applications`)).json();
    expect(listed).toEqual([
      expect.objectContaining({ name: NAME, id: expect.stringMatching(/^spark-/) }),
    ]);
  });
});

test("a second deploy of the same code sends nothing and runs it again", async () => {
  const before = await keys();
  const { code, stdout, stderr } = await deploy(WORDCOUNT, "--detach", "--json");
  expect(code, stderr).toBe(0);
  const { sentBytes, createdMs, image } = JSON.parse(stdout);
  expect(sentBytes).toBe(0);
  expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  report(
    "second deploy, to SparkApplication created",
    `${Math.round(createdMs)} ms, ${sentBytes} bytes sent`,
  );
  expect(await keys()).toEqual(before);
  const watched = await bench.beamline(["app", "watch", NAME]);
  expect(watched.code, watched.stderr).toBe(0);
});

/** Runs a command that shows a page on a port of this machine until it is told to stop. */
async function whileShown(
  argv: readonly string[],
  look: (url: string) => Promise<void>,
): Promise<void> {
  let stop = () => {};
  let ended: Promise<CommandEnded> | undefined;
  const url = new Promise<string>((resolve, reject) => {
    ended = bench.beamline([...argv, "--port", "0", "--json"], (child) => {
      stop = () => void child.kill("SIGINT");
      let out = "";
      child.stdout?.on("data", (chunk) => {
        out += chunk;
        const [found] = /http:\/\/localhost:\d+/.exec(out) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    ended.then(({ stderr }) => reject(new Error(`it showed nothing: ${stderr}`)), reject);
  });
  try {
    await look(await url);
  } finally {
    stop();
    const { code, stderr } = (await ended) ?? { code: 1, stderr: "" };
    expect(code, stderr).toBe(0);
  }
  await expect(fetch(await url)).rejects.toThrow();
}

/** The pipeline with other code in place of the text that it makes of a word and its count. */
function changedCode(change: (text: string) => string): string {
  const file = join(folder, "wordcount.ts");
  const source = readFileSync(WORDCOUNT, "utf8");
  writeFileSync(
    file,
    source.replace(/\(\[word, count\]\) => (`[^`]*`)/, (_, text) => {
      return `([word, count]) => ${change(text)}`;
    }),
  );
  return file;
}

test("a change of code sends less than 2 MB", async () => {
  const file = changedCode((text) => `(word === "never" ? "" : ${text})`);
  const { code, stdout, stderr } = await deploy(
    file,
    "--detach",
    "--json",
    "--if-running",
    "replace",
  );
  expect(code, stderr).toBe(0);
  const { sentBytes, createdMs } = JSON.parse(stdout);
  expect(sentBytes).toBeGreaterThan(0);
  expect(sentBytes).toBeLessThan(2_000_000);
  report(
    "code change, to SparkApplication created",
    `${Math.round(createdMs)} ms, ${sentBytes} bytes sent`,
  );
});

test("an error of the user's own code comes back with its line", async () => {
  const file = changedCode(
    (text) => `{ if (word === "the") throw new RangeError("not the"); return ${text}; }`,
  );
  const { code, stderr } = await deploy(file, "--if-running", "replace");
  expect(code, stderr).toBe(1);
  expect(stderr).toContain('Cannot run "Format": RangeError: not the');
  expect(stderr).toMatch(/> 16 \| .*throw new RangeError/);
  const logs = await bench.beamline(["app", "logs", NAME, "--source", "driver"]);
  expect(logs.stdout).toContain('Cannot run "Format": RangeError: not the');
  expect(logs.stdout).not.toContain("BEAMLINE-ERROR");
});

/** Runs for minutes, so that there is time to look at it. */
const deploySlowly = (millis: number) =>
  bench.beamline([
    ...bench.deployArguments("test/kubernetes/pods/pipelines/slow-sums.ts", "slow"),
    ...["--output", `s3://${BUCKET}/slow/sums`, "--millis", String(millis), "--detach"],
  ]);

test("app ui shows Spark's UI of a running driver through the API server", async () => {
  const { code, stderr } = await deploySlowly(2000);
  expect(code, stderr).toBe(0);
  await untilSlow("the driver", async () => (await stateOf("slow")) === "RUNNING");
  await whileShown(["app", "ui", "slow"], async (url) => {
    await untilSlow("Spark's UI", async () => {
      return (await (await fetch(`${url}/jobs/`)).text()).includes("Spark Jobs");
    });
  });
});

test("the same deploy again watches what runs, and another one is refused in words", async () => {
  const again = await deploySlowly(2000);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stderr).toContain("Running already: default/slow");
  const other = await deploySlowly(1);
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/^Cannot deploy as default\/slow: an application of this name is /m);
  expect(other.stderr).toContain("add --if-running wait or --if-running replace");
});

test("Ctrl-C leaves the application running and says how to come back", async () => {
  const { code, stderr } = await bench.beamline(["app", "watch", "slow"], (child) => {
    child.stderr?.once("data", () => child.kill("SIGINT"));
  });
  expect(code, stderr).toBe(130);
  expect(stderr).toContain("slow goes on on the cluster.");
  expect(stderr).toContain("beamline app watch slow --namespace default");
  expect(await stateOf("slow")).toBe("RUNNING");
});

test("app cancel ends it and keeps what is known of it", async () => {
  const { code, stdout, stderr } = await bench.beamline(["app", "cancel", "slow"]);
  expect(code, stderr).toBe(0);
  expect(stdout.trim()).toBe("cancelled");
  expect((await bench.beamline(["app", "list"])).stdout).toMatch(/^slow .*cancelled/m);
  const deleted = await bench.beamline(["app", "delete", "slow", "--results"]);
  expect(deleted.code, deleted.stderr).toBe(0);
  // The account is the other application's, too.
  expect(deleted.stdout).toMatch(/left .*ServiceAccount default\/beamline-spark.* \(.*lear.* need/);
});

test("app delete leaves nothing", async () => {
  const plan = await bench.beamline(["app", "delete", NAME, "--results", "--dry-run"]);
  expect(plan.stdout).toMatch(/would go {2}SparkApplication lear/);
  expect(plan.stdout).toMatch(/would stay {2}the image repository/);
  const { code, stdout, stderr } = await bench.beamline(["app", "delete", NAME, "--results"]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/deleted {2}Pod lear-driver/);
  expect(await keys()).toEqual(["lear.txt"]);
  const here = ["--namespace", cluster.jobNamespace, "-o", "name"];
  expect(await cluster.kubectl("get", "sparkapplications", ...here)).not.toContain(NAME);
  for (const kind of ["pods", "services", "configmaps"]) {
    expect(
      await cluster.kubectl("get", kind, "-l", "sparkoperator.k8s.io/app-name=lear", ...here),
    ).toBe("");
  }
  // They stay as long as another test's application needs them, and that is said.
  const shared = /left .*ServiceAccount default\/beamline-spark.* needs? them\)/.test(stdout);
  for (const kind of shared ? [] : ["serviceaccounts", "roles", "rolebindings"]) {
    const ours = ["-l", "app.kubernetes.io/managed-by=beamline", ...here];
    expect(await cluster.kubectl("get", kind, ...ours)).toBe("");
  }
});

async function stateOf(name: string): Promise<string> {
  return JSON.parse(await bench.ask(["app", "show", name, "--json"])).state;
}
