import { expect, test } from "vitest";
import { goToolPath } from "./go-build.mjs";
import { GO_TOOLS } from "./go-tools.mjs";

const etcd = GO_TOOLS.find(({ name }) => name === "etcd");
if (etcd === undefined) throw new Error("there is no etcd");

test("goToolPath changes with all that the program depends on", () => {
  const same = goToolPath(etcd);
  expect(same).toContain(`kubernetes-etcd-${etcd.version}-`);
  expect(goToolPath({ ...etcd })).toBe(same);
  for (const change of [{ version: "v3.5.22" }, { sum: "h1:other" }, { set: { "a.b": "c" } }]) {
    expect(goToolPath({ ...etcd, ...change })).not.toBe(same);
  }
});

test("goToolPath does not change with our guess at how long the build takes", () => {
  expect(goToolPath({ ...etcd, seconds: 1 })).toBe(goToolPath(etcd));
});
