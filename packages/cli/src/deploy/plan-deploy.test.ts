import { expect, test } from "vitest";
import { labelNames, MANAGED_BY, SPARK_API } from "../app/spark-application.js";
import { plain } from "../terminal/style.js";
import { changesTo, changeWords } from "./object-diff.js";
import { bytesToSend, type DeployWish, planDeploy, type World } from "./plan-deploy.js";
import { planLines } from "./plan-lines.js";

const ours = { [labelNames.managedBy]: MANAGED_BY, [labelNames.pipeline]: "words" };
const spec = { image: "repo@sha256:1", executor: { instances: 2, memory: "1g" } };
const account = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "spark", namespace: "jobs" },
};

const wish: DeployWish = {
  image: {
    reference: "repo@sha256:1",
    layers: [
      { name: "base", size: 500_000_000, state: "there" },
      { name: "node", size: 30_000_000, state: "mount" },
      { name: "pipeline", size: 200_000, state: "push" },
    ],
  },
  bucket: "books",
  artefacts: [
    { what: "pipeline jar", key: "p/jars/1.jar", bytes: new Uint8Array(1000), contentType: "x" },
    { what: "record", key: "p/records/2.json", bytes: new Uint8Array(10), contentType: "x" },
  ],
  support: [account],
  application: app(spec),
};

function app(of: unknown, state?: string, labels: Record<string, string> = ours) {
  return {
    apiVersion: SPARK_API,
    kind: "SparkApplication",
    metadata: { name: "words", namespace: "jobs", labels, uid: "1" },
    spec: of,
    ...(state === undefined ? {} : { status: { applicationState: { state } } }),
  };
}

const nothing: World = { stored: new Set(), support: [undefined], application: undefined };

const actions = (world: World, ifRunning: "refuse" | "wait" | "replace" = "refuse") =>
  planDeploy(wish, world, ifRunning).objects.map(({ action }) => action);

test("planDeploy creates and uploads everything where there is nothing", () => {
  const plan = planDeploy(wish, nothing, "refuse");
  expect(plan.objects.map(({ action }) => action)).toEqual(["create", "create"]);
  expect(plan.uploads.map(({ state }) => state)).toEqual(["upload", "upload"]);
  expect(bytesToSend(plan)).toBe(201_010);
});

test("planDeploy leaves alone what is there, with what others have added to it", () => {
  const there: World = {
    stored: new Set(["p/jars/1.jar", "p/records/2.json"]),
    support: [{ ...account, metadata: { ...account.metadata, uid: "7", labels: { team: "a" } } }],
    application: app({ ...spec, restartPolicy: { type: "Never" } }, "RUNNING"),
  };
  const plan = planDeploy(wish, there, "refuse");
  expect(plan.collision).toEqual({ kind: "attach" });
  expect(plan.objects.map(({ action }) => action)).toEqual(["leave", "leave"]);
  expect(plan.uploads.map(({ state }) => state)).toEqual(["there", "there"]);
});

test("planDeploy replaces an application that has ended, also one of the same code", () => {
  for (const state of ["COMPLETED", "FAILED"]) {
    expect(actions({ ...nothing, application: app(spec, state) })).toEqual(["create", "replace"]);
  }
});

test("planDeploy refuses, waits for or replaces one that runs something else", () => {
  const other = { ...nothing, application: app({ ...spec, image: "repo@sha256:0" }, "RUNNING") };
  expect(() => actions(other)).toThrow(
    /^Cannot deploy as jobs\/words: an application of this name is running, with other code or settings \(spec\.image: repo@sha256:0 -> repo@sha256:1\); add --if-running wait or --if-running replace/,
  );
  expect(actions(other, "wait")).toEqual(["create", "wait, then replace"]);
  expect(actions(other, "replace")).toEqual(["create", "replace"]);
});

test("planDeploy never touches an application that Beamline did not make", () => {
  const theirs = { ...nothing, application: app(spec, "COMPLETED", {}) };
  expect(() => actions(theirs, "replace")).toThrow(
    /that Beamline did not make; choose another --name/,
  );
});

test("planDeploy brings a schedule up to date where it is", () => {
  const scheduled: DeployWish = {
    ...wish,
    application: { ...app({ schedule: "0 6 * * *" }), kind: "ScheduledSparkApplication" },
  };
  const world = {
    ...nothing,
    application: { ...app({ schedule: "0 5 * * *" }), kind: "ScheduledSparkApplication" },
  };
  const [, step] = planDeploy(scheduled, world, "refuse").objects;
  expect(step?.action).toBe("patch");
  expect(step?.changes.map(changeWords)).toEqual(["spec.schedule: 0 5 * * * -> 0 6 * * *"]);
});

test("planLines shows layers, artefacts, objects and what is to be sent", () => {
  const text = planLines(planDeploy(wish, nothing, "refuse"), plain).join("\n");
  expect(text).toContain("Deploy jobs/words");
  expect(text).toMatch(/there +base, 500 MB/);
  expect(text).toMatch(/push +pipeline, 200 kB/);
  expect(text).toMatch(/upload +pipeline jar, 1\.00 kB {2}p\/jars\/1\.jar/);
  expect(text).toMatch(/create +ServiceAccount jobs\/spark/);
  expect(text).toMatch(/to send +201 kB/);
});

test("changesTo tells changed fields by their path, and nothing of what only the live object has", () => {
  expect(changesTo({ a: 1, b: [{ c: 1 }], d: 4 }, { a: 2, b: [{ c: 1 }] })).toEqual([
    { path: "a", from: 1, to: 2 },
  ]);
  expect(changesTo({ b: [1] }, { b: [1, 2] }).map(changeWords)).toEqual(["b: [1] -> [1,2]"]);
  expect(changesTo(undefined, { a: { b: 1 } }).map(changeWords)).toEqual(["a.b: 1"]);
});
