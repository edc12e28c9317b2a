import { expect, test } from "vitest";
import { appNameOf, labelValue, nameProblem } from "./app-name.js";
import { applySet } from "./apply-set.js";
import { harnessMib, parseSparkMemory } from "./memory.js";
import { isSecretName } from "./secrets.js";
import { parseSet } from "./set-path.js";
import { strategicMerge } from "./strategic-merge.js";

function set(target: unknown, text: string): unknown {
  const parsed = parseSet(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return applySet(target, parsed.value);
}

test("parseSet reads names, list items, quoted keys, and keys with dots in Spark's properties", () => {
  const pathOf = (text: string) => {
    const parsed = parseSet(text);
    return parsed.ok ? parsed.value.path : parsed.problem;
  };
  expect(pathOf("spec.executor.cores=4")).toEqual(["spec", "executor", "cores"]);
  expect(pathOf("spec.volumes[0].name=a")).toEqual(["spec", "volumes", 0, "name"]);
  expect(pathOf("spec.sparkConf.spark.ui.port=1")).toEqual(["spec", "sparkConf", "spark.ui.port"]);
  expect(pathOf('metadata.annotations["a.b/c=d"]=1')).toEqual([
    "metadata",
    "annotations",
    "a.b/c=d",
  ]);
  expect(pathOf("spec.executor.cores")).toMatch(/^not PATH=VALUE/);
  expect(pathOf("=4")).toMatch(/^no path/);
  expect(pathOf("spec.=4")).toMatch(/^no path/);
  expect(pathOf("executor.cores=4")).toMatch(/neither spec nor metadata/);
});

test("applySet keeps texts texts and reads everything else as YAML", () => {
  const target = { spec: { memory: "1g", cores: 1, sparkConf: {} } };
  expect(set(target, "spec.memory=2")).toMatchObject({ spec: { memory: "2" } });
  expect(set(target, "spec.cores=2")).toMatchObject({ spec: { cores: 2 } });
  expect(set(target, "spec.sparkConf.spark.a=true")).toMatchObject({
    spec: { sparkConf: { "spark.a": "true" } },
  });
  expect(set(target, "spec.list=[a, {b: 1}]")).toMatchObject({ spec: { list: ["a", { b: 1 }] } });
  expect(target.spec.cores).toBe(1);
});

test("applySet makes what is missing on the way and takes away with null", () => {
  expect(set({}, "spec.volumes[0].emptyDir.sizeLimit=5Gi")).toEqual({
    spec: { volumes: [{ emptyDir: { sizeLimit: "5Gi" } }] },
  });
  expect(set({ spec: { a: 1, b: 2 } }, "spec.a=null")).toEqual({ spec: { b: 2 } });
  expect(set({ spec: { l: [1, 2] } }, "spec.l[0]=null")).toEqual({ spec: { l: [2] } });
});

test("applySet says where a path leads nowhere", () => {
  expect(() => set({ spec: { a: 1 } }, "spec.a.b=2")).toThrow("spec.a is 1");
  expect(() => set({ spec: { l: [] } }, "spec.l[2]=2")).toThrow("leaves a gap: the list has 0");
  expect(() => set({ spec: { l: [] } }, "spec.l.name=2")).toThrow("goes through a list");
  expect(() => set({ spec: {} }, "spec[0]=2")).toThrow("goes through an object");
});

test("strategicMerge merges objects and lists with a key, and replaces other lists", () => {
  const target = {
    volumes: [
      { name: "a", emptyDir: {} },
      { name: "b", emptyDir: { sizeLimit: "1Gi" } },
    ],
    tolerations: [{ key: "x" }],
    sparkConf: { one: "1", two: "2" },
  };
  const patch = {
    volumes: [
      { name: "b", emptyDir: { sizeLimit: "9Gi" } },
      { name: "c", hostPath: { path: "/c" } },
    ],
    tolerations: [{ key: "y" }],
    sparkConf: { one: null, three: "3" },
  };
  expect(strategicMerge(target, patch)).toEqual({
    volumes: [
      { name: "a", emptyDir: {} },
      { name: "b", emptyDir: { sizeLimit: "9Gi" } },
      { name: "c", hostPath: { path: "/c" } },
    ],
    tolerations: [{ key: "y" }],
    sparkConf: { two: "2", three: "3" },
  });
});

test("strategicMerge obeys $patch, and refuses other directives and items without their key", () => {
  const target = { volumes: [{ name: "a" }, { name: "b" }], map: { a: 1 } };
  expect(strategicMerge(target, { volumes: [{ name: "a", $patch: "delete" }] })).toMatchObject({
    volumes: [{ name: "b" }],
  });
  expect(strategicMerge(target, { volumes: [{ $patch: "replace" }, { name: "z" }] })).toMatchObject(
    { volumes: [{ name: "z" }] },
  );
  expect(strategicMerge(target, { map: { $patch: "replace", b: 2 } })).toMatchObject({
    map: { b: 2 },
  });
  expect(() => strategicMerge(target, { volumes: [{ emptyDir: {} }] })).toThrow(
    "volumes[0] lacks name",
  );
  expect(() => strategicMerge(target, { map: { $retainKeys: [] } })).toThrow(
    "map.$retainKeys is no",
  );
  expect(() => strategicMerge(target, { map: { $patch: "drop" } })).toThrow('map.$patch is "drop"');
});

test("isSecretName knows secrets from names of where they are", () => {
  for (const name of [
    "fs.s3a.secret.key",
    "fs.s3a.access.key",
    "fs.s3a.session.token",
    "spark.authenticate.secret",
    "spark.ssl.keyPassword",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
  ]) {
    expect([name, isSecretName(name)]).toEqual([name, true]);
  }
  for (const name of [
    "fs.s3a.aws.credentials.provider",
    "spark.kubernetes.driver.secretKeyRef.TOKEN",
    "spark.kubernetes.driver.secrets.keys",
    "awsSecret",
    "imagePullSecrets",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "spark.sql.shuffle.partitions",
    "nodeSelector",
    "key",
  ]) {
    expect([name, isSecretName(name)]).toEqual([name, false]);
  }
});

test("harnessMib is what was measured and more", () => {
  const measured = { 1: 172, 2: 261, 4: 417 };
  for (const [threads, mib] of Object.entries(measured)) {
    expect(harnessMib({ threads: Number(threads), heap: 256 })).toBeGreaterThan(mib);
  }
  expect(harnessMib({ threads: 4, heap: 256, processes: 2 })).toBe(2 * 1536);
});

test("parseSparkMemory reads Spark's sizes", () => {
  expect(["512m", "4g", "1024", "2GiB", "1t", "2048k", "x", "4 g"].map(parseSparkMemory)).toEqual([
    512,
    4096,
    1024,
    2048,
    1_048_576,
    2,
    undefined,
    undefined,
  ]);
});

test("appNameOf and labelValue give what Kubernetes takes", () => {
  expect(appNameOf("Word_Count v2")).toBe("word-count-v2");
  expect(appNameOf("2024 --- ")).toBe("beamline-app");
  expect(nameProblem(appNameOf("x".repeat(80)))).toBeUndefined();
  expect(labelValue(" Häuser & Türme ")).toBe("H-user-T-rme");
});
