import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadKubeConfig } from "./kube-config.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "beamline-kube-"));
});
afterEach(() => rmSync(home, { recursive: true }));

/** A file with one context for each name; each cluster's server is named for the file. */
const write = (file: string, names: readonly string[], current?: string): string => {
  const path = join(home, file);
  writeFileSync(
    path,
    stringify({
      ...(current === undefined ? {} : { "current-context": current }),
      contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
      clusters: names.map((name) => ({ name, cluster: { server: `https://${file}.example` } })),
      users: names.map((name) => ({ name, user: { token: "t" } })),
    }),
  );
  return path;
};

test("loadKubeConfig reads ~/.kube/config, and a named file before KUBECONFIG before it", async () => {
  mkdirSync(join(home, ".kube"));
  write(".kube/config", ["home"], "home");
  const [one, two] = [write("one", ["one"], "one"), write("two", ["two"], "two")];
  const chosen = async (env: Record<string, string>, kubeconfig?: string) =>
    (await loadKubeConfig({ env: { HOME: home, ...env }, kubeconfig })).getCurrentContext();
  expect(await chosen({})).toBe("home");
  expect(await chosen({ KUBECONFIG: one })).toBe("one");
  expect(await chosen({ KUBECONFIG: one }, two)).toBe("two");
});

test("loadKubeConfig merges the files of KUBECONFIG as kubectl does: the first wins", async () => {
  const files = [write("one", ["a", "b"]), write("two", ["b", "c"], "c"), write("three", [], "a")];
  const config = await loadKubeConfig({ env: { KUBECONFIG: files.join(delimiter) } });
  expect(config.getContexts().map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(config.getCurrentContext()).toBe("c");
  expect(config.getCluster("b")?.server).toBe("https://one.example");
  const env = { KUBECONFIG: files.join(delimiter) };
  expect((await loadKubeConfig({ env, context: "a" })).getCurrentContext()).toBe("a");
});

test("loadKubeConfig says what is wrong: no file, no context, another name, bad YAML", async () => {
  const load = (KUBECONFIG: string, context?: string) =>
    loadKubeConfig({ env: { HOME: home, KUBECONFIG }, context });
  await expect(load("")).rejects.toThrow(/there is no KUBECONFIG, no ~\/\.kube\/config/);
  await expect(load(join(home, "gone"))).rejects.toThrow(/gone cannot be read \(ENOENT/);
  await expect(load(write("none", ["prod"]))).rejects.toThrow(
    /names no current context; give --context \(there are prod\)/,
  );
  await expect(load(write("one", ["prod"], "prod"), "prd")).rejects.toThrow(/did you mean prod\?/);
  writeFileSync(join(home, "bad"), "a: [");
  await expect(load(join(home, "bad"))).rejects.toThrow(/bad cannot be read/);
});
