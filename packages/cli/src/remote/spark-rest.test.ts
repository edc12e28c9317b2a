import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readDriverLog } from "./driver-log.js";
import { hasEnded, SparkRestClient } from "./spark-rest.js";

/** Answers by path; what is missing is a page for people. */
let answers: Map<string, unknown>;
let server: Server;
let url: string;

beforeEach(async () => {
  answers = new Map();
  server = createServer((request, response) => {
    const answer = answers.get(request.url?.split("?")[0] ?? "");
    response.end(answer === undefined ? "<html>" : JSON.stringify(answer));
  }).listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  url = `http://localhost:${address !== null && typeof address === "object" ? address.port : 0}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

test("SparkRestClient reads the cluster's version and a driver's state", async () => {
  const client = new SparkRestClient(`${url}/`);
  answers.set("/v1/submissions/status/none", { serverSparkVersion: "3.5.3", success: false });
  expect(await client.version()).toBe("3.5.3");
  const known = { success: true, driverState: "RUNNING", workerHostPort: "a:1" };
  answers.set("/v1/submissions/status/driver-1", known);
  const status = await client.status("driver-1");
  expect(status).toEqual({ state: "RUNNING", worker: "a:1", message: undefined });
  expect(hasEnded(status)).toBe(false);
  answers.set("/v1/submissions/status/driver-2", { success: false });
  expect(hasEnded(await client.status("driver-2"))).toBe(true);
});

test("SparkRestClient says in one line why a jar was refused", async () => {
  answers.set("/v1/submissions/create", { success: false, message: "too busy\n\tat a.B" });
  const submission = { appName: "a", jar: "b", mainClass: "c", sparkVersion: "3.5.3" };
  const created = new SparkRestClient(url).create({ ...submission, properties: {} });
  await expect(created).rejects.toThrow(
    /^Cannot submit the jar at http:\S+: too busy; check that this is the master's REST port/,
  );
});

test("SparkRestClient tells a page for people and a dead server from a REST server", async () => {
  await expect(new SparkRestClient(url).version()).rejects.toThrow(
    /^Cannot talk to Spark's master at http:\S+: what answers is not its REST server; /,
  );
  await expect(new SparkRestClient("http://localhost:1").version()).rejects.toMatchObject({
    code: "SPARK_REST",
    origin: "remote",
    message: expect.stringContaining("Cannot reach Spark's master at http://localhost:1: "),
  });
});

test("readDriverLog finds the log by way of the driver's worker", async () => {
  answers.set("/json/", {
    workers: [{ id: "other" }, { id: "worker-1", webuiaddress: url }],
    completeddrivers: [{ id: "driver-1", worker: "worker-1" }],
  });
  answers.set("/log/", "the log");
  expect(await readDriverLog(url, "driver-1")).toBe('"the log"');
  expect(await readDriverLog(url, "driver-2")).toBeUndefined();
  expect(await readDriverLog("http://localhost:1", "driver-1")).toBeUndefined();
});
