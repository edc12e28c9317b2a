import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fingerprintOf } from "../../packages/beamline/src/code-ref/fingerprint.js";
import {
  type JobManifest,
  writeJobManifest,
} from "../../packages/beamline/src/code-ref/job-manifest.js";
import { decodeErrorReport } from "../../packages/beamline/src/harness/error-report.js";
import { fixtureOf, register } from "../../packages/beamline/src/harness/testing/stage-fixture.js";
import { TestRunner } from "../../packages/beamline/src/harness/testing/test-runner.js";
import { BeamFnExternalWorkerPool } from "../../packages/beamline/src/proto/gen/fn-execution/worker-pool_pb.js";
import { grpcNetwork } from "../../packages/beamline/src/transport/grpc/grpc-network.js";
import { pipeline } from "./pipelines/troubles.mjs";

const BOOT = fileURLToPath(new URL("../../packages/beamline/bin/beamline-boot", import.meta.url));
const { version } = JSON.parse(
  readFileSync(new URL("../../packages/beamline/package.json", import.meta.url), "utf8"),
);

let bundle: Uint8Array;
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./pipelines/troubles.mjs", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  bundle = outputFiles[0]?.contents ?? new Uint8Array(0);
});

let folder = "";
let runner: TestRunner;
const graph = pipeline.toGraph({});
const stage = fixtureOf(graph, "Orders", "Act.out");
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "beamline-boot-"));
  runner = await TestRunner.start(grpcNetwork, "localhost:0");
  register(runner, stage);
  const endpoint = { url: runner.address };
  runner.provision = {
    controlEndpoint: endpoint,
    loggingEndpoint: endpoint,
    artifactEndpoint: endpoint,
  };
});
afterEach(async () => {
  await runner.close();
  rmSync(folder, { recursive: true });
});

/** Makes the runner offer a file under a staged name. */
function offer(name: string, content: Uint8Array | string): void {
  runner.artifacts.set(name, Buffer.from(content));
  const staged = Buffer.from(name);
  runner.provision.dependencies = [
    ...(runner.provision.dependencies ?? []),
    {
      typeUrn: "beam:artifact:type:deferred:v1",
      typePayload: staged,
      roleUrn: "beam:artifact:role:staging_to:v1",
      // One field, number 1, of text.
      rolePayload: Buffer.concat([Buffer.from([0x0a, staged.length]), staged]),
    },
  ];
}

function offerJob(manifest: Partial<JobManifest> = {}): void {
  offer("beamline/pipeline.mjs", bundle);
  const text = writeJobManifest({
    version: 1,
    beamline: version,
    module: "pipeline.mjs",
    exportName: "pipeline",
    options: {},
    fingerprint: fingerprintOf(graph),
    ...manifest,
  });
  offer("beamline/job.json", text);
}

function boot(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(BOOT, [...args, `--semi_persist_dir=${folder}`], {
    env: { ...process.env, BEAMLINE_WORKER_THREADS: "1", ...env },
    stdio: "ignore",
  });
  const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { code, child };
}

async function run(order: string) {
  const id = runner.nextId();
  const transformId = stage.source;
  const elements = {
    data: [{ instructionId: id, transformId, data: stage.encode([order]), isLast: true }],
  };
  const value = { processBundleDescriptorId: "Orders", elements };
  return await runner.instruct({ case: "processBundle", value }, id);
}

function bootLog(): string {
  const name = readdirSync(folder).find((file) => file.endsWith(".log"));
  return name === undefined ? "" : readFileSync(join(folder, name), "utf8");
}

describe("beamline-boot", () => {
  test.each([
    ["only the provision endpoint", () => ["--id=w-1", `--provision_endpoint=${runner.address}`]],
    [
      "every endpoint, in words of their own",
      () => ["-id", "w-1", "--provision_endpoint", runner.address, "--some_new_flag=1"],
    ],
  ])("serves a runner that gives %s, and leaves when it is done", async (_what, args) => {
    offerJob();
    const { code } = boot(args());
    expect((await run("hello")).error).toBe("");
    expect(runner.metadata.get("provision")).toMatchObject({ worker_id: "w-1" });
    runner.finish();
    expect(await code).toBe(0);
    expect(readdirSync(join(folder, "beamline-jobs"))).toEqual([]);
  });

  test("leaves when it is told to", async () => {
    offerJob();
    const { code, child } = boot(["--id=w", `--provision_endpoint=${runner.address}`]);
    expect((await run("hello")).error).toBe("");
    child.kill("SIGTERM");
    expect(await code).toBe(0);
  });

  test("ends when the runner dies", async () => {
    offerJob();
    const { code } = boot(["--id=w", `--provision_endpoint=${runner.address}`]);
    expect((await run("hello")).error).toBe("");
    await runner.drop();
    expect(await code).toBe(1);
    expect(bootLog()).toContain("the control stream to");
  });

  test.each([
    {
      what: "no bundle",
      offerFiles: () => offer("beamline/other.txt", "x"),
      code: "MISSING_BUNDLE",
      says: "beamline/job.json was not staged",
    },
    {
      what: "another version",
      offerFiles: () => offerJob({ beamline: "0.0.1" }),
      code: "VERSION_MISMATCH",
      says: "the job was submitted with Beamline 0.0.1, and this worker has",
    },
    {
      what: "another graph",
      offerFiles: () => offerJob({ fingerprint: { Act: "x" } }),
      code: "GRAPH_MISMATCH",
      says: "build() gave another graph there",
    },
    {
      what: "a file outside its folder",
      offerFiles: () => offer("../evil", "x"),
      code: "BAD_ARTIFACT",
      says: 'the name "../evil" lies outside the job\'s folder',
    },
  ])(
    "tells the runner, its log and a file of $what",
    async ({ offerFiles, code: reason, says }) => {
      offerFiles();
      const { code } = boot(["--id=w", `--provision_endpoint=${runner.address}`]);
      const { error } = await run("hello");
      expect(decodeErrorReport(error)).toMatchObject({ code: reason });
      expect(decodeErrorReport(error)?.message).toContain(says);
      expect(await code).toBe(1);
      expect(runner.logs.map(({ message }) => decodeErrorReport(message)?.code)).toContain(reason);
      expect(bootLog()).toContain(says);
      expect(existsSync(join(folder, "evil"))).toBe(false);
    },
  );

  test("says in a file that there is no Node", async () => {
    const args = ["--id=w", `--provision_endpoint=${runner.address}`];
    const { code } = boot(args, { BEAMLINE_NODE: "/nowhere/node" });
    expect(await code).toBe(127);
    expect(bootLog()).toContain('there is no Node.js at "/nowhere/node"');
  });

  test("fails a bundle that needs more memory than there is, in words, and goes on", async () => {
    offerJob();
    const args = ["--id=w", `--provision_endpoint=${runner.address}`];
    const { code } = boot(args, { NODE_OPTIONS: "--max-old-space-size=96" });
    const { error } = await run("hoard");
    expect(decodeErrorReport(error)?.code).toBe("WORKER_OUT_OF_MEMORY");
    expect((await run("hello")).error).toBe("");
    runner.finish();
    expect(await code).toBe(0);
  });

  test("tells the runner's log of a worker that was killed", async () => {
    offerJob();
    const { code, child } = boot(["--id=w", `--provision_endpoint=${runner.address}`]);
    expect((await run("hello")).error).toBe("");
    const [worker] = childrenOf(child.pid ?? 0);
    process.kill(worker ?? 0, "SIGKILL");
    expect(await code).toBe(137);
    const reports = runner.logs.map(({ message }) => decodeErrorReport(message));
    expect(reports).toMatchObject([{ code: "WORKER_DIED" }]);
    expect(reports[0]?.message).toContain("ran out of memory");
  });
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(/\s+/).map(Number);
}

describe("beamline-boot --worker_pool", () => {
  test("starts and stops workers that fetch their code", async () => {
    offerJob();
    const address = `unix:${join(folder, "pool")}`;
    const pool = spawn(BOOT, ["--worker_pool", address], {
      env: { ...process.env, BEAMLINE_WORKER_THREADS: "1" },
      stdio: "ignore",
    });
    const code = new Promise((resolve) => pool.once("exit", resolve));
    const client = grpcNetwork.connect(address);
    const { startWorker, stopWorker } = BeamFnExternalWorkerPool.method;
    const provisionEndpoint = { url: runner.address };
    const request = { workerId: "p", provisionEndpoint };
    await client.unary(startWorker, request, { waitForReady: true, timeoutMs: 10_000 });
    expect((await run("hello")).error).toBe("");
    expect(runner.metadata.get("control")).toMatchObject({ worker_id: "p" });
    expect(await client.unary(stopWorker, { workerId: "p" })).toMatchObject({ error: "" });
    client.close();
    pool.kill("SIGTERM");
    expect(await code).toBe(0);
  });
});
