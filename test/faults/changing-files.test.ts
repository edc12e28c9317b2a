import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLocal } from "beamline/runners/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pipeline } from "./pipelines/changing.mjs";

const CHANGING = new URL("./pipelines/changing.mjs", import.meta.url);
const LINES = 1_500_000;

let folder = "";
let input = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-changing-"));
  input = join(folder, "input.txt");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Several ranges of a file, read by two threads. */
async function run(how: string) {
  const content = Array.from({ length: LINES }, (_, i) => `line ${i}\n`).join("");
  writeFileSync(input, content);
  const options = { how, input, lines: LINES, size: content.length };
  return await runLocal(pipeline.toGraph(options), {
    code: { url: CHANGING.href, exportName: "pipeline", options },
    workers: 2,
    workerThreads: "always",
  });
}

describe("text.read of a file that", () => {
  test.each([
    ["shrinks", "FILE_SHRANK"],
    ["is deleted", "FILE_NOT_FOUND"],
    ["is replaced", "FILE_CHANGED"],
    ["is written anew", "FILE_CHANGED"],
  ])("%s while it is read ends the job, naming the file", async (how, code) => {
    await expect(run(how)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`Cannot read "${input}": `),
    });
  });

  test("grows while it is read gives the lines that were there when the job began", async () => {
    expect(await run("grows")).toMatchObject({ state: "done", retries: 0 });
  });
});
