import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureJobServerJar } from "./job-server-jar.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-jvm-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A Maven that is a script; `build` runs in the folder of the copied project. */
function withMaven(build: string): { PATH: string; XDG_CACHE_HOME: string } {
  const script = `#!/bin/sh
if [ "$1" = --version ]; then echo "Apache Maven 3.9.9"; exit; fi
${build}
`;
  writeFileSync(join(folder, "mvn"), script);
  chmodSync(join(folder, "mvn"), 0o755);
  return { PATH: `${folder}:${process.env.PATH}`, XDG_CACHE_HOME: join(folder, "cache") };
}

test("ensureJobServerJar builds the jar once, from the project that it ships", async () => {
  const env = withMaven(`
echo "Downloaded from central: address/a.jar (21 MB at 2 MB/s)"
mkdir target && cp pom.xml target/job-server.jar`);
  const progress: string[] = [];
  const onProgress = (text: string) => progress.push(text);
  const jar = await ensureJobServerJar("spark", { env, onProgress });
  expect(jar).toMatch(/cache\/beamline\/jvm\/spark-2\.62\.0-[0-9a-f]{12}\/job-server\.jar$/);
  expect(readFileSync(jar, "utf8")).toContain("<artifactId>beam-runners-spark-3</artifactId>");
  expect(progress).toEqual([
    "Building Beam's Spark job server, once",
    "Building Beam's Spark job server, once: 1 files fetched (21 MB)",
  ]);
  expect(await ensureJobServerJar("spark", { env, onProgress })).toBe(jar);
  expect(progress.length).toBe(2);
});

test("ensureJobServerJar says why Maven failed and keeps its log", async () => {
  const env = withMaven('echo "[ERROR] Could not transfer artifact a:b -> [Help 1]"; exit 1');
  const jvm = join(folder, "cache", "beamline", "jvm");
  await expect(ensureJobServerJar("flink", { env })).rejects.toMatchObject({
    code: "MAVEN_BUILD_FAILED",
    message: expect.stringMatching(
      /^Cannot build Beam's Flink job server: Could not transfer artifact a:b; check the network .*\.log\)$/,
    ),
  });
  const [log = "", ...rest] = readdirSync(jvm);
  expect(rest).toEqual([]);
  expect(readFileSync(join(jvm, log), "utf8")).toContain("[ERROR] Could not transfer");
});

test("ensureJobServerJar ends Maven when it is told to", async () => {
  const env = withMaven('echo "Downloaded from x: y (1 B at 1 B/s)"; exec sleep 600');
  const abort = new AbortController();
  const onProgress = (text: string) => {
    if (text.includes("fetched")) abort.abort(new Error("enough"));
  };
  const { signal } = abort;
  await expect(ensureJobServerJar("spark", { env, signal, onProgress })).rejects.toThrow("enough");
  expect(readdirSync(join(folder, "cache", "beamline", "jvm"))).toEqual([]);
});
