import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunnerName } from "./beamline.js";
import type { UseServer } from "./use-server.js";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PARSE = file("../testdata/parse.ts");
const CLI = file("../../../packages/cli/bin/beamline.js");
const BOOT = file("../../../packages/beamline/bin/beamline-boot");

/** The command line with workers from a pool that somebody else has started. */
export function testExternalWorkers(runner: RunnerName, server: UseServer): void {
  describe(`a worker pool that ${runner} uses`, () => {
    const folder = mkdtempSync(join(tmpdir(), "beamline-external-"));
    let pool: ChildProcess;
    let address: string;

    beforeAll(async () => {
      pool = spawn(BOOT, ["--worker_pool", "localhost:0"], { stdio: ["ignore", "ignore", "pipe"] });
      address = await listening(pool);
    });

    afterAll(async () => {
      const closed = once(pool, "close");
      pool.kill("SIGTERM");
      await closed;
      rmSync(folder, { recursive: true, force: true });
    });

    test("runs the job's own code, one job after the other", async () => {
      for (const name of ["one", "two"]) {
        const args = ["run", PARSE, `--output=${join(folder, name)}`, "--json"];
        const remote = ["--runner", runner, "--job-endpoint", server.address()];
        const environment = ["--environment", "external", "--environment-config", address];
        const { code, stdout, stderr } = await new Promise<{
          readonly code: number | string;
          readonly stdout: string;
          readonly stderr: string;
        }>((resolve) => {
          const command = [CLI, ...args, ...remote, ...environment];
          execFile(process.execPath, command, (error, out, err) =>
            resolve({ code: error?.code ?? 0, stdout: out, stderr: err }),
          );
        });
        expect(code, stderr).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
          state: "done",
          counters: [{ transform: "Parse", name: "parsed", value: 3 }],
        });
        const written = readdirSync(folder).filter((each) => each.startsWith(name));
        expect(written.map((each) => readFileSync(join(folder, each), "utf8"))).toEqual(["6\n"]);
      }
    });
  });
}

async function listening(pool: ChildProcess): Promise<string> {
  if (pool.stderr === null) throw new Error("The pool has no stderr");
  for await (const line of createInterface({ input: pool.stderr })) {
    const found = /^Worker pool at (\S+)/.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`The pool ended with ${pool.exitCode}`);
}
