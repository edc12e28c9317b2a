import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { beamline } from "../support/command-line.js";
import { pipelineFile, temporaryFolder } from "./support.js";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A machine that has what is given, and nothing else: no Maven, and nothing in its cache. */
async function runOnSpark(tools: { java?: string; sparkJars?: readonly string[] }) {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  if (tools.java !== undefined) {
    writeFileSync(join(bin, "java"), `#!/bin/sh\necho '${tools.java}' >&2\n`);
    chmodSync(join(bin, "java"), 0o755);
  }
  const home = join(folder, "spark");
  for (const jar of tools.sparkJars ?? []) {
    const path = join(home, "jars", jar);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  }
  const env = {
    PATH: bin,
    XDG_CACHE_HOME: join(folder, "cache"),
    ...(tools.sparkJars === undefined ? {} : { SPARK_HOME: home }),
    ...(tools.java === undefined ? { JAVA_HOME: join(folder, "no-java") } : {}),
  };
  return await beamline(["run", pipelineFile("upper"), "--runner", "spark"], { cwd: folder, env });
}

const JAVA_17 = 'openjdk version "17.0.15" 2025-04-15';

test("a missing Java is said before anything starts", async () => {
  const { code, stderr } = await runOnSpark({});
  expect(code).toBe(3);
  expect(stderr).toMatch(/^Cannot run Java: JAVA_HOME is ".*", which has no bin\/java; install/);
});

test("Java 8 is refused", async () => {
  const { code, stderr } = await runOnSpark({ java: 'openjdk version "1.8.0_402"' });
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /^Cannot use Java 1\.8\.0_402 .*: it is too old, .* Java 11 to 17; install/,
  );
});

test.each([
  ["Scala 2.13", "spark-core_2.13-3.5.3.jar", /Spark 3\.5\.3 for Scala 2\.13 .* Scala 2\.12/],
  ["Spark 4", "spark-core_2.13-4.0.0.jar", /Spark 4\.0\.0 .* made for Spark 3 and Scala 2\.12/],
])("%s is refused", async (_, jar, words) => {
  const { code, stderr } = await runOnSpark({ java: JAVA_17, sparkJars: [jar] });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^Cannot use Spark /);
  expect(stderr).toMatch(words);
});

test("a SPARK_HOME without Spark is refused", async () => {
  const { code, stderr } = await runOnSpark({ java: JAVA_17, sparkJars: ["other.jar"] });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^Cannot use Spark: SPARK_HOME is ".*", which has no jars\/spark-core/);
});

test("a missing Maven is said where jars have to be fetched", async () => {
  const { code, stderr } = await runOnSpark({ java: JAVA_17 });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^Cannot fetch Beam's and Spark's jars: there is no "mvn" on the PATH/);
});
