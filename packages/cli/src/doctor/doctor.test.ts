import { BeamlineError } from "beamline";
import { expect, test } from "vitest";
import { planManifest } from "../manifest/plan-manifest.js";
import { parseSet } from "../manifest/set-path.js";
import type { ManifestSettings } from "../manifest/settings.js";
import type { SparkApplicationSpec } from "../manifest/spark-application.js";
import { plain } from "../terminal/style.js";
import { type Check, NotChecked, ok } from "./check.js";
import { watchedNamespaces } from "./checks/operator.js";
import { checks } from "./checks.js";
import { mayRunOn } from "./fits-node.js";
import type { Deployment, Node, Taint } from "./kube-types.js";
import { podRequests } from "./pod-requests.js";
import { parseQuantity } from "./quantity.js";
import { reportLines, summaryLine } from "./report-lines.js";
import { runChecks } from "./run-checks.js";
import type { World } from "./world.js";
import { eksClusterOf } from "./world-of.js";

/** For checks that look at nothing. */
const nowhere = { signal: new AbortController().signal } as World;

const checkThat = (id: string, run: Check["run"]): Check => ({ id, proves: "it", run });

test("runChecks turns every way to end into a report, in the checks' order", async () => {
  const error = new BeamlineError("X", "Cannot read it: it is locked; run: unlock");
  const reports = await runChecks(
    [
      checkThat("late", () => new Promise(() => undefined)),
      checkThat("fine", async () => ok("there")),
      checkThat("locked", () => Promise.reject(error)),
      checkThat("blind", () => Promise.reject(new NotChecked("no cluster"))),
    ],
    nowhere,
    { timeoutMs: 20 },
  );
  expect(reports).toEqual([
    expect.objectContaining({ id: "late", outcome: "fail", evidence: "no answer in 0.02 s" }),
    { id: "fine", proves: "it", outcome: "ok", evidence: "there" },
    expect.objectContaining({
      outcome: "fail",
      evidence: "Cannot read it: it is locked",
      mend: "run: unlock",
    }),
    { id: "blind", proves: "it", outcome: "skipped", evidence: "no cluster" },
  ]);
});

test("a mistake of ours in a check is no finding about the cluster", async () => {
  const broken = checkThat("x", () => Promise.reject(new TypeError("undefined")));
  await expect(runChecks([broken], nowhere)).rejects.toThrow(TypeError);
});

test("checks have names that are words of their own, and say what they prove", () => {
  const ids = checks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, proves } of checks) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(proves.length).toBeGreaterThan(20);
  }
});

test("reportLines puts evidence beside the check, and what mends it in one line", () => {
  const mend = `helm ${"x".repeat(120)}`;
  const reports = [
    { id: "one", proves: "", outcome: "ok", evidence: "a ".repeat(60).trim() } as const,
    { id: "three", proves: "", outcome: "fail", evidence: "gone", mend } as const,
  ];
  const lines = reportLines(reports, 80, plain);
  expect(lines[0]).toMatch(/^ok {4}one {4}a a/);
  expect(lines[1]).toMatch(/^ {13}a a/);
  expect(lines.slice(-2)).toEqual(["FAIL  three  gone", `             mend: ${mend}`]);
  expect(summaryLine(reports, plain)).toBe("1 of 2 checks failed");
});

test("parseQuantity reads what Kubernetes writes", () => {
  const texts = ["250m", "2", "1.5", "1Gi", "500M", "1e3", "128974848", "64Ki", "x", "1Q"];
  expect(texts.map(parseQuantity)).toEqual([
    0.25,
    2,
    1.5,
    2 ** 30,
    5e8,
    1000,
    128_974_848,
    65_536,
    Number.NaN,
    Number.NaN,
  ]);
});

const specWith = (settings: Partial<ManifestSettings>, set?: string): SparkApplicationSpec => {
  const parsed = set === undefined ? undefined : parseSet(set);
  const { application } = planManifest({
    appName: "a",
    namespace: "b",
    pipeline: "p",
    image: "i",
    bucket: "bucket",
    prefix: "",
    settings,
    sets: parsed?.ok === true ? [parsed.value] : [],
  });
  if (application.kind !== "SparkApplication") throw new Error("scheduled");
  return application.spec;
};

test("podRequests counts memory with its overhead, and what an edit asks for", () => {
  const settings = { executorMemory: "1g", executorCores: 1, harnessHeap: 128, executors: 3 };
  const spec = specWith(settings, "spec.executor.coreRequest=250m");
  expect(podRequests(spec)).toEqual([
    { role: "driver", count: 1, cores: 1, memory: (2048 + 384) * 2 ** 20 },
    { role: "executor", count: 3, cores: 0.25, memory: (1024 + 384 + 352) * 2 ** 20 },
  ]);
  const dynamic = specWith({ executors: 2, minExecutors: 1, maxExecutors: 9 });
  expect(podRequests(dynamic)[1].count).toBe(2);
});

const nodeWith = (labels: Record<string, string>, taints: readonly Taint[] = []): Node => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: "n", labels },
  spec: { taints },
  status: { conditions: [{ type: "Ready", status: "True" }] },
});

test("mayRunOn goes by labels, affinity and taints, as the scheduler does", () => {
  const { driver, executor } = specWith({});
  expect(mayRunOn(driver, nodeWith({}))).toBe(true);
  expect(mayRunOn({ nodeSelector: { a: "b" } }, nodeWith({ a: "c" }))).toBe(false);
  const taint: Taint = { key: "k", value: "v", effect: "NoSchedule" };
  expect(mayRunOn(executor, nodeWith({}, [taint]))).toBe(false);
  expect(mayRunOn(executor, nodeWith({}, [{ ...taint, effect: "PreferNoSchedule" }]))).toBe(true);
  for (const [toleration, fits] of [
    [{ key: "k", operator: "Equal", value: "v" }, true],
    [{ key: "k", operator: "Equal", value: "w" }, false],
    [{ key: "k", operator: "Exists" }, true],
    [{ key: "k", operator: "Exists", effect: "NoExecute" }, false],
  ] as const) {
    expect(mayRunOn({ tolerations: [toleration] }, nodeWith({}, [taint]))).toBe(fits);
  }
  const unready = nodeWith({});
  const status = { conditions: [{ type: "Ready", status: "False" }] };
  expect(mayRunOn(driver, { ...unready, status })).toBe(false);
  expect(mayRunOn(driver, { ...unready, spec: { unschedulable: true } })).toBe(false);
});

test("the spot profile's driver may not run where its executors do", () => {
  const { application } = planManifest({
    appName: "a",
    namespace: "b",
    pipeline: "p",
    image: "i",
    bucket: "bucket",
    prefix: "",
    profile: "spot",
  });
  if (application.kind !== "SparkApplication") throw new Error("scheduled");
  const { driver, executor } = application.spec;
  for (const [key, value] of [
    ["karpenter.sh/capacity-type", "spot"],
    ["eks.amazonaws.com/capacityType", "SPOT"],
  ] as const) {
    const node = nodeWith({ [key]: value }, [{ key, value, effect: "NoSchedule" }]);
    expect([mayRunOn(driver, node), mayRunOn(executor, node)]).toEqual([false, true]);
  }
  const onDemand = nodeWith({ "karpenter.sh/capacity-type": "on-demand" });
  expect([mayRunOn(driver, onDemand), mayRunOn(executor, onDemand)]).toEqual([true, false]);
});

test("watchedNamespaces reads the controller's command line", () => {
  const of = (...args: readonly string[]) =>
    watchedNamespaces({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "c" },
      spec: { template: { spec: { containers: [{ name: "c", args }] } } },
    } satisfies Deployment);
  expect(of("controller", "start")).toBe("all");
  expect(of("--namespaces=a,b")).toEqual(["a", "b"]);
  expect(of("--namespaces", "a")).toEqual(["a"]);
  expect(of("--namespaces=")).toBe("all");
  expect(of('--namespaces=""')).toBe("all");
});

test("eksClusterOf reads the contexts of aws and eksctl", () => {
  expect(eksClusterOf("arn:aws:eks:eu-west-1:123456789012:cluster/prod")).toBe("prod");
  expect(eksClusterOf("arn:aws-us-gov:eks:us-gov-west-1:123456789012:cluster/g")).toBe("g");
  expect(eksClusterOf("ann@prod.eu-west-1.eksctl.io")).toBe("prod");
  expect(eksClusterOf("minikube")).toBeUndefined();
});
