import { fromBinary } from "@bufbuild/protobuf";
import { afterEach, expect, test } from "vitest";
import { Pipeline } from "../../pipeline/pipeline.js";
import { composite } from "../../pipeline/ptransform.js";
import { BeamFnExternalWorkerPool } from "../../proto/gen/fn-execution/worker-pool_pb.js";
import {
  ExternalPayloadSchema,
  ProcessPayloadSchema,
} from "../../proto/gen/pipeline/environment_pb.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { cancelJob, jobMetrics, listJobs, showJob, waitJob } from "./jobs.js";
import type { PortableRunOptions } from "./run-options.js";
import { runPortable, submitPortable } from "./run-portable.js";
import {
  counter,
  error,
  info,
  type Script,
  startScriptedJobServer,
  state,
} from "./testdata/scripted-job-server.js";

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(script: Script) {
  const server = await startScriptedJobServer(script);
  servers.push(server);
  return server;
}

function letters(name = "letters") {
  const pipeline = new Pipeline(name);
  pipeline.create(["a", "b"]).map("Upper", (letter) => letter.toUpperCase());
  return pipeline.toGraph();
}

const EXTERNAL = { kind: "external", address: "workers:1" } as const;

test("runPortable prepares, stages, runs and follows a job", async () => {
  const server = await start({
    steps: [state("STOPPED"), state("RUNNING"), info("half way"), state("DONE")],
    attempted: [counter("Upper", "letters", 3)],
    committed: [counter("Upper", "letters", 2)],
  });
  const messages: string[] = [];
  const result = await runPortable(letters(), {
    ...server,
    environment: EXTERNAL,
    runner: "spark",
    options: { sparkMaster: "local[2]", environmentCacheMillis: 5 },
    artifacts: [{ stagedName: "beamline/pipeline.mjs", bytes: Buffer.from("export {}") }],
    onMessage: ({ text }) => messages.push(text),
  });
  expect(result).toMatchObject({
    state: "done",
    jobId: "job-1",
    jobEndpoint: server.jobEndpoint,
    counters: [{ transform: "Upper", name: "letters", value: 2 }],
    metrics: { attempted: [{ value: 3 }], committed: [{ value: 2 }] },
  });
  expect(server.calls).toEqual(["prepare letters", "stage token", "run prepared"]);
  expect(messages).toEqual(["half way"]);
  expect(server.staged.get("beamline/pipeline.mjs")?.toString()).toBe("export {}");
  expect(server.pipelineOptions).toMatchObject({
    "beam:option:job_name:v1": "letters",
    "beam:option:spark_master:v1": "local[2]",
    "beam:option:environment_cache_millis:v1": "5",
    "beam:option:sdk_worker_parallelism:v1": "1",
  });
  const [environment] = Object.values(server.pipeline?.components?.environments ?? {});
  expect(environment?.urn).toBe("beam:env:external:v1");
  expect(environment?.capabilities).toContain("beam:coder:kv:v1");
  const { endpoint } = fromBinary(ExternalPayloadSchema, environment?.payload ?? new Uint8Array());
  expect(endpoint?.url).toBe("workers:1");
});

test("runPortable cancels the job when the signal is aborted, and waits for its end", async () => {
  const server = await start({
    steps: [state("RUNNING"), { kind: "until-cancelled" }, state("CANCELLING"), state("CANCELLED")],
  });
  const abort = new AbortController();
  const states: string[] = [];
  const run = runPortable(letters(), {
    ...server,
    environment: EXTERNAL,
    signal: abort.signal,
    onState(name) {
      states.push(name);
      if (name === "running") abort.abort();
    },
  });
  await expect(run).rejects.toMatchObject({ code: "CANCELLED" });
  expect(server.calls).toContain("cancel job-1");
  expect(states).toEqual(["running", "cancelling", "cancelled"]);
});

test("runPortable leaves a job alone that it can't follow any more and that runs elsewhere", async () => {
  const server = await start({ steps: [state("RUNNING"), { kind: "until-cancelled" }] });
  const called: string[] = [];
  let now = 0;
  const run = runPortable(withHooks(called), {
    ...server,
    environment: EXTERNAL,
    sharedFiles: true,
    backOff: { firstMs: 1, longestMs: 1, patienceMs: 10, clock: { now: () => now++ } },
    onState: () => void server.close(),
  });
  await expect(run).rejects.toMatchObject({ code: "JOB_LOST" });
  expect(called).toEqual(["check", "prepare"]);
});

test("runPortable does not wait for ever for the end of a job that it has cancelled", async () => {
  const server = await start({
    steps: [state("RUNNING"), { kind: "until-cancelled" }, state("CANCELLING")],
  });
  const abort = new AbortController();
  const run = runPortable(letters(), {
    ...server,
    environment: EXTERNAL,
    signal: abort.signal,
    cancelTimeoutMs: 50,
    backOff: { firstMs: 1, longestMs: 1 },
    onState: () => abort.abort(),
  });
  await expect(run).rejects.toMatchObject({ code: "CANCEL_TIMEOUT" });
});

test("runPortable does not wait for ever for a runner that never asks for a worker", async () => {
  const server = await start({ steps: [state("RUNNING"), { kind: "until-cancelled" }] });
  const run = runPortable(letters(), { ...server, workerTimeoutMs: 20 });
  await expect(run).rejects.toMatchObject({
    code: "NO_WORKERS",
    message: expect.stringMatching(/without asking for a worker of this process at localhost:0/),
  });
  expect(server.calls).toContain("cancel job-1");
});

test("runPortable ends a job whose worker in this process ended by a mistake of ours", async () => {
  const server = await start({ steps: [state("RUNNING"), { kind: "until-cancelled" }] });
  const { network } = server;
  const run = runPortable(letters(), {
    ...server,
    network: {
      ...network,
      connect(address, options) {
        if (address === "control:1") throw new TypeError("control is undefined");
        return network.connect(address, options);
      },
    },
    onState() {
      const [environment] = Object.values(server.pipeline?.components?.environments ?? {});
      const payload = environment?.payload ?? new Uint8Array();
      const pool = network.connect(fromBinary(ExternalPayloadSchema, payload).endpoint?.url ?? "");
      const request = { workerId: "w", controlEndpoint: { url: "control:1" } };
      void pool.unary(BeamFnExternalWorkerPool.method.startWorker, request);
    },
  });
  await expect(run).rejects.toMatchObject({
    code: "WORKER_DIED",
    message: expect.stringContaining("ended: control is undefined; this is a bug in Beamline"),
  });
  expect(server.calls).toContain("cancel job-1");
});

test("runPortable says once why a job failed", async () => {
  const server = await start({
    steps: [
      state("RUNNING"),
      error(
        "java.lang.RuntimeException: x\n\tat a.B(B.java:1)\nCaused by: java.lang.OutOfMemoryError: Java heap space\n\tat a.C(C.java:1)",
      ),
      state("FAILED"),
    ],
  });
  await expect(runPortable(letters(), { ...server, environment: EXTERNAL })).rejects.toThrow(
    "Cannot finish the job job-1: the runner's Java is out of memory (Java heap space); give it a larger heap",
  );
});

test("runPortable refuses what the runner cannot do before it calls anyone", async () => {
  const server = await start({ steps: [] });
  const run = runPortable(letters(), {
    ...server,
    runner: "prism",
    environment: { kind: "process", command: "boot" },
  });
  await expect(run).rejects.toMatchObject({ code: "UNSUPPORTED_ENVIRONMENT" });
  expect(server.calls).toEqual([]);
});

test("runPortable names the address where no job server answers", async () => {
  const options = { jobEndpoint: "localhost:8099", network: createMemoryNetwork() };
  await expect(runPortable(letters(), { ...options, environment: EXTERNAL })).rejects.toMatchObject(
    {
      code: "JOB_SERVER_UNREACHABLE",
      message: expect.stringMatching(
        /^Cannot submit the job: no job server answers at localhost:8099 .*prism --job_port=8099/,
      ),
    },
  );
});

function withHooks(calls: string[]) {
  const pipeline = new Pipeline("hooks");
  pipeline.apply(
    "Source",
    composite("Source", (p: Pipeline) => p.create([1])),
  );
  const graph = pipeline.toGraph();
  const source = graph.transforms.get("Source");
  if (source?.kind !== "composite") throw new Error("no composite");
  const note = (name: string) => async () => void calls.push(name);
  const hooks = { check: note("check"), prepare: note("prepare"), abandon: note("abandon") };
  const transforms = new Map(graph.transforms).set("Source", { ...source, hooks });
  return { ...graph, transforms };
}

test.each<{ what: string; options: Partial<PortableRunOptions>; calls: string[] }>([
  {
    what: "that share files with this process",
    options: { environment: EXTERNAL, sharedFiles: true },
    calls: ["check", "prepare", "abandon"],
  },
  { what: "elsewhere", options: { environment: EXTERNAL }, calls: [] },
])("runPortable runs the hooks of connectors for workers $what", async ({ options, calls }) => {
  const called: string[] = [];
  const server = await start({ steps: [error("no"), state("FAILED")] });
  await expect(runPortable(withHooks(called), { ...server, ...options })).rejects.toThrow();
  expect(called).toEqual(calls);
});

test("submitPortable starts a job and leaves it to itself", async () => {
  const server = await start({ steps: [state("RUNNING"), { kind: "until-cancelled" }] });
  const submitted = await submitPortable(letters(), {
    ...server,
    jobName: "detached",
    environment: { kind: "process", command: "/opt/boot", env: { A: "1" } },
  });
  expect(submitted).toEqual({ jobId: "job-1", jobEndpoint: server.jobEndpoint });
  expect(server.calls).toEqual(["prepare detached", "stage token", "run prepared"]);
  const [environment] = Object.values(server.pipeline?.components?.environments ?? {});
  expect(fromBinary(ProcessPayloadSchema, environment?.payload ?? new Uint8Array())).toMatchObject({
    command: "/opt/boot",
    env: { A: "1" },
  });
});

test("listJobs, showJob, jobMetrics, waitJob and cancelJob speak of a job on a server", async () => {
  const server = await start({
    steps: [state("RUNNING"), { kind: "until-cancelled" }, state("CANCELLED")],
    attempted: [counter("Upper", "letters", 3)],
  });
  const job = await submitPortable(letters(), { ...server, environment: EXTERNAL });
  const { network } = server;
  expect(await listJobs(server.jobEndpoint, { network })).toEqual([
    { jobId: "job-1", name: "one", state: "running" },
  ]);
  const details = await showJob({ ...job, network });
  expect(details).toMatchObject({ name: "one", state: "running", counters: [{ value: 3 }] });
  expect(details.transforms).toContain("Upper");
  expect((await jobMetrics({ ...job, network })).attempted).toHaveLength(1);
  const waiting = waitJob({ ...job, network });
  expect(await cancelJob({ ...job, network })).toBe("cancelled");
  expect(await waiting).toMatchObject({ state: "cancelled" });
  await expect(showJob({ ...job, jobId: "no-such", network })).rejects.toMatchObject({
    code: "UNKNOWN_JOB",
  });
});
