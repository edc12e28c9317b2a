import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureSpark } from "./spark-installation.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "beamline-spark-"));
  mkdirSync(join(home, "jars"));
});
afterEach(() => rmSync(home, { recursive: true }));

test("ensureSpark takes an installed Spark, with or without scripts", async () => {
  writeFileSync(join(home, "jars", "spark-core_2.12-3.5.1.jar"), "");
  const version = { spark: "3.5.1", scala: "2.12" };
  const env = { SPARK_HOME: home };
  expect(await ensureSpark({ env })).toEqual({ home, version, hasScripts: false });
  mkdirSync(join(home, "bin"));
  writeFileSync(join(home, "bin", "spark-submit"), "");
  expect(await ensureSpark({ env })).toEqual({ home, version, hasScripts: true });
});

test("ensureSpark refuses an installed Spark that is none or does not fit", async () => {
  const env = { SPARK_HOME: home };
  await expect(ensureSpark({ env })).rejects.toMatchObject({ code: "SPARK_HOME" });
  writeFileSync(join(home, "jars", "spark-core_2.13-3.5.1.jar"), "");
  await expect(ensureSpark({ env })).rejects.toMatchObject({
    code: "SPARK_SCALA",
    message: expect.stringContaining(home),
  });
});

test("ensureSpark refuses to fetch a Spark that does not fit", async () => {
  const env = { PATH: "", XDG_CACHE_HOME: home };
  await expect(ensureSpark({ env, version: "4.0.0" })).rejects.toMatchObject({
    code: "SPARK_VERSION",
  });
  await expect(ensureSpark({ env })).rejects.toMatchObject({ code: "MAVEN_MISSING" });
});
