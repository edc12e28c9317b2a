import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { main } from "./main.js";
import type { Output } from "./terminal/cli.js";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "beamline-main-"));
});

afterEach(() => rmSync(cwd, { recursive: true }));

/** A command line in this process, with its two streams in memory. */
async function beamline(...argv: string[]) {
  const stdout = new Recorder();
  const stderr = new Recorder();
  const cancellation = () => new AbortController().signal;
  const code = await main({ argv, cwd, env: {}, stdout, stderr, cancellation });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Recorder implements Output {
  text = "";
  readonly isTerminal = false;
  readonly columns = 80;

  write(text: string): void {
    this.text += text;
  }
}

test("main prints the version", async () => {
  expect(await beamline("--version")).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: "",
  });
});

test("main prints help as data, however it is asked for", async () => {
  const general = await beamline("--help");
  expect(general).toMatchObject({ code: 0, stderr: "" });
  expect(await beamline()).toEqual(general);
  expect(await beamline("help")).toEqual(general);
  const ofRun = await beamline("run", "--help");
  expect(ofRun.stdout).toContain("beamline run FILE [FLAGS]");
  expect(await beamline("help", "run")).toEqual(ofRun);
});

test("main suggests the command that was probably meant", async () => {
  expect(await beamline("rnu", "x.ts")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "Cannot read the command line\n  rnu: no such command; did you mean run?\nSee: beamline --help\n",
  });
  expect((await beamline("x.ts")).stderr).toContain("did you mean beamline run x.ts?");
  expect((await beamline("--json")).code).toBe(2);
});

test("main says what is there instead of the file", async () => {
  writeFileSync(join(cwd, "wordcount.ts"), "");
  expect((await beamline("run", "wordcuont.ts")).stderr).toBe(
    "Cannot run wordcuont.ts\n  wordcuont.ts: there is no such file; did you mean wordcount.ts?\n",
  );
  expect((await beamline("run", ".")).stderr).toContain("is a folder; it has wordcount.ts");
  expect((await beamline("run")).stderr).toContain("FILE: missing");
  writeFileSync(join(cwd, "a.csv"), "");
  expect((await beamline("run", "a.csv")).stderr).toContain("is not a TypeScript");
});

test("main describes an error as one JSON document when asked", async () => {
  const { code, stdout, stderr } = await beamline("run", "gone.ts", "--json");
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    state: "failed",
    exitCode: 2,
    error: { code: "USAGE", origin: "user", problems: [{ subject: "gone.ts" }] },
  });
});
