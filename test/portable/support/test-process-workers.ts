import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { RunnerName } from "./beamline.js";
import type { UseServer } from "./use-server.js";

const PARSE = fileURLToPath(new URL("../testdata/parse.ts", import.meta.url));
const DYING = fileURLToPath(new URL("../testdata/dying.ts", import.meta.url));
const CLI = fileURLToPath(new URL("../../../packages/cli/bin/beamline.js", import.meta.url));

interface Outcome {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line with workers that the runner starts: the user's bundle is shipped to them. */
export function testProcessWorkers(
  runner: RunnerName,
  server: UseServer,
  { retries }: { readonly retries: boolean },
): void {
  describe(`worker processes of ${runner}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "beamline-process-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const beamline = (...args: string[]): Promise<Outcome> =>
      new Promise((resolve) => {
        const remote = ["--runner", runner, "--job-endpoint", server.address()];
        const command = [CLI, ...args, ...remote, "--environment", "process"];
        execFile(process.execPath, command, (error, stdout, stderr) =>
          resolve({ code: error?.code ?? 0, stdout, stderr }),
        );
      });

    test("run the pipeline's bundle, and what they count comes back", async () => {
      const { code, stdout, stderr } = await beamline(
        "run",
        PARSE,
        `--output=${join(folder, "sum")}`,
        "--json",
      );
      expect(stderr).not.toContain("Error");
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        state: "done",
        counters: [{ transform: "Parse", name: "parsed", value: 3 }],
      });
      const written = readdirSync(folder).filter((name) => name.startsWith("sum"));
      expect(written.map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(["6\n"]);
    });

    test("show the user's line, the transform and the element of an error, once", async () => {
      const { code, stderr } = await beamline(
        "run",
        PARSE,
        `--output=${join(folder, "failed")}`,
        "--last=three",
      );
      expect(code).not.toBe(0);
      expect(stderr.match(/three is no number/g)).toHaveLength(1);
      expect(stderr).toContain("Parse");
      expect(stderr).toContain("'three'");
      expect(stderr).toMatch(/parse\.ts:22/);
      expect(stderr).not.toMatch(/\.java|org\.apache/);
    });

    if (!retries) return;
    test("may die in the middle of a bundle: it runs again, elsewhere", async () => {
      const options = [`--output=${join(folder, "dying")}`, `--mark=${join(folder, "mark")}`];
      const { code } = await beamline("run", DYING, ...options);
      expect(code).toBe(0);
      expect(readdirSync(folder)).toContain("mark");
      const written = readdirSync(folder).filter((name) => name.startsWith("dying"));
      expect(written.map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(["4950\n"]);
    });
  });
}
