import { afterEach, expect, test } from "vitest";
import { followJob } from "./follow-job.js";
import { openJobClient } from "./job-client.js";
import type { JobMessage } from "./job-message.js";
import type { JobState } from "./job-state.js";
import {
  error,
  info,
  type Script,
  startScriptedJobServer,
  state,
} from "./testdata/scripted-job-server.js";

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function follow(script: Script, jobId = "job-1") {
  const server = await startScriptedJobServer(script);
  cleanUps.push(() => server.close());
  const client = openJobClient(server.jobEndpoint, server);
  cleanUps.push(() => client.close());
  const states: JobState[] = [];
  const messages: string[] = [];
  const end = await followJob(client, jobId, {
    backOff: { firstMs: 1 },
    onState: (name) => states.push(name),
    onMessage: ({ level, text }: JobMessage) => messages.push(`${level} ${text}`),
  });
  return { end, states, messages };
}

test("followJob tells states and messages up to the end", async () => {
  const { end, states, messages } = await follow({
    steps: [state("STARTING"), info("hello"), state("RUNNING"), error("oh"), state("FAILED")],
  });
  expect(end).toBe("failed");
  expect(states).toEqual(["starting", "running", "failed"]);
  expect(messages).toEqual(["basic hello", "error oh"]);
});

test("followJob takes a lost stream up again, and tells nothing twice", async () => {
  const { end, states, messages } = await follow({
    steps: [
      state("RUNNING"),
      info("a"),
      info("a"),
      { kind: "break" },
      info("a"),
      { kind: "break" },
      info("b"),
      state("DONE"),
    ],
  });
  expect(end).toBe("done");
  expect(states).toEqual(["running", "done"]);
  expect(messages).toEqual(["basic a", "basic a", "basic a", "basic b"]);
});

test("followJob opens a stream again that ended too early", async () => {
  const server = await startScriptedJobServer({ steps: [state("RUNNING")] });
  cleanUps.push(() => server.close());
  const client = openJobClient(server.jobEndpoint, server);
  cleanUps.push(() => client.close());
  const states: JobState[] = [];
  let now = 0;
  const followed = followJob(client, "job-1", {
    backOff: { firstMs: 1, patienceMs: 10, clock: { now: () => now++ } },
    onState: (name) => states.push(name),
  });
  // Each stream says that the job runs, which is a sign of life: it would go on for ever.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await server.close();
  await expect(followed).rejects.toMatchObject({ code: "JOB_LOST" });
  expect(states).toEqual(["running"]);
});

test("followJob says so when the server knows no such job", async () => {
  await expect(follow({ steps: [] }, "job-7")).rejects.toThrow(
    /Cannot follow the job job-7: the job server at jobs.test:8099 knows no such job/,
  );
});

test("followJob gives up when it is told to", async () => {
  const server = await startScriptedJobServer({
    steps: [state("RUNNING"), { kind: "until-cancelled" }],
  });
  cleanUps.push(() => server.close());
  const client = openJobClient(server.jobEndpoint, server);
  cleanUps.push(() => client.close());
  const abort = new AbortController();
  const followed = followJob(client, "job-1", {
    signal: abort.signal,
    onState: () => abort.abort(new Error("enough")),
  });
  await expect(followed).rejects.toThrow("enough");
});
