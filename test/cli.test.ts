import { type ChildProcess, spawn } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commands } from "../packages/cli/dist/commands/index.js";

const COMMAND = fileURLToPath(new URL("../packages/cli/bin/beamline.js", import.meta.url));
const WORDCOUNT = fileURLToPath(new URL("../examples/wordcount.ts", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "beamline-cli-")));
  write("package.json", '{ "private": true, "type": "module" }');
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** The command in a process of its own; `watch` may send it signals. */
function beamline(argv: readonly string[], watch?: (child: ChildProcess) => void): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...argv], { cwd: folder });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  watch?.(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

const PIPELINE_HEAD =
  'import { definePipeline, text } from "beamline";\nimport { z } from "zod";\n';

// The command is a bundle, which has to be what its modules are.
test("beamline NAME --help has every flag of every command", async () => {
  expect(commands.length).toBeGreaterThan(20);
  for (const { name, flags } of commands) {
    const { code, stdout, stderr } = await beamline([...name.split(" "), "--help"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`beamline ${name}: `);
    for (const flag of Object.keys(flags)) {
      const long = flag.replace(/[A-Z0-9]+/g, (part) => `-${part.toLowerCase()}`);
      expect(stdout.replaceAll("-", "")).toContain(long.replaceAll("-", ""));
    }
  }
}, 60_000);

test("beamline run counts words and sums the run up on stderr", async () => {
  write("input.txt", "the cat and the dog\nthe end\n");
  const argv = ["run", WORDCOUNT, "--input", "input.txt", "--output", "counts"];
  const { code, stdout, stderr } = await beamline(argv);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toMatch(/^Done in .*: wordcount, 2 elements read \(28 B\), /);
  expect(stderr).toMatch(/Split +2 +7/);
  const shards = readdirSync(folder).filter((name) => name.startsWith("counts-"));
  const lines = shards.flatMap((name) =>
    readFileSync(join(folder, name), "utf8").trim().split("\n"),
  );
  expect(lines.sort()).toEqual(["and: 1", "cat: 1", "dog: 1", "end: 1", "the: 3"]);
});

test("beamline run --json prints one document and no talk", async () => {
  write("input.txt", "a b a\n");
  const argv = ["run", WORDCOUNT, "--input", "input.txt", "--output", "counts", "--json"];
  const { code, stdout, stderr } = await beamline(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    pipeline: "wordcount",
    runner: "local",
    state: "done",
    elementsRead: 1,
    bytesRead: 6,
    retries: 0,
    transforms: expect.arrayContaining([{ transform: "Split/FindAll", elements: 1 }]),
  });
});

test("beamline run reports every wrong flag at once", async () => {
  const argv = ["run", WORDCOUNT, "--inptu", "x", "--workers", "none", "--runner", "spork"];
  const { code, stdout, stderr } = await beamline(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("--inptu: no such flag; did you mean --input?");
  expect(stderr).toContain("--workers none: not a whole number of at least 1");
  expect(stderr).toContain("--runner spork: ");
  expect(stderr).toContain("--output: missing, but required (Prefix of the files to write)");
});

test("beamline run FILE --help shows the pipeline's flags", async () => {
  const { code, stdout } = await beamline(["run", WORDCOUNT, "--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("Pipeline wordcount");
  expect(stdout).toMatch(/--input TEXT +Files to read: a path or a glob \(required\)/);
});

test.each([1, 2])("a user error on %i workers shows the user's own line", async (workers) => {
  write(
    "fails.ts",
    `${PIPELINE_HEAD}
interface Row {
  readonly name?: string;
}

const rows: Row[] = [{ name: "ann" }, {}];

export default definePipeline({
  name: "fails",
  build(p) {
    p.create("Rows", rows).map("Upper", (row) => (row.name as string).toUpperCase());
  },
});
`,
  );
  const { code, stderr } = await beamline(["run", "fails.ts", "--workers", String(workers)]);
  expect(code).toBe(1);
  expect(stderr).toContain('Cannot run "Upper": TypeError: Cannot read properties of undefined');
  expect(stderr).toContain("element    {}");
  expect(stderr).toContain("at         fails.ts:13:71");
  expect(stderr).toContain('> 13 |     p.create("Rows", rows).map("Upper"');
  expect(stderr).not.toContain("pipeline.mjs");
});

test("an error in build shows its line", async () => {
  write(
    "fails.ts",
    `${PIPELINE_HEAD}
export default definePipeline({
  name: "fails",
  build(p) {
    const numbers = p.create("N", [1]);
    numbers.map("Same", (n) => n);
    numbers.map("Same", (n) => n);
  },
});
`,
  );
  const { code, stderr } = await beamline(["run", "fails.ts"]);
  expect(code).toBe(1);
  expect(stderr).toContain('Cannot add a transform named "Same"');
  expect(stderr).toContain("at         fails.ts:9:13");
});

test("a missing input is said before any work", async () => {
  const argv = ["run", WORDCOUNT, "--input", "gone.txt", "--output", "counts"];
  const { code, stderr } = await beamline(argv);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Cannot read "gone.txt"/);
});

test("FILE#name runs a named export, with its own flag after --", async () => {
  write(
    "several.ts",
    `${PIPELINE_HEAD}
export const first = definePipeline({ name: "first", build() {} });
export const second = definePipeline({
  name: "second",
  options: z.object({ workers: z.int() }),
  build(p, { workers }) {
    p.create(Array.from({ length: workers }, (_, i) => i));
  },
});
`,
  );
  const missing = await beamline(["run", "several.ts"]);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("pipelines under several.ts#first or several.ts#second");
  const contested = await beamline(["run", "several.ts#second", "--workers", "1"]);
  expect(contested.code).toBe(2);
  expect(contested.stderr).toContain('write the pipeline\'s after a "--"');
  const argv = ["run", "several.ts#second", "--workers", "1", "--json", "--", "--workers", "3"];
  const { code, stdout } = await beamline(argv);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ pipeline: "second", workers: 1 });
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s cancels a run and leaves nothing half-written", async (signal, exitCode) => {
  write("input.txt", "one\ntwo\nthree\n");
  write(
    "slow.ts",
    `${PIPELINE_HEAD}
export default definePipeline({
  name: "slow",
  build(p) {
    p.apply(text.read("input.txt"))
      .mapAsync("Wait", async (line) => {
        console.log("waiting");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
        return line;
      })
      .apply(text.write("out"));
  },
});
`,
  );
  const { code, stderr } = await beamline(["run", "slow.ts", "--workers", "1"], (child) => {
    child.stdout?.once("data", () => child.kill(signal));
  });
  expect(code).toBe(exitCode);
  expect(stderr).toContain("Cancelled; nothing half-written is left");
  expect(readdirSync(folder).filter((name) => name.startsWith("out"))).toEqual([]);
});

test("a second Ctrl-C ends a run at once", async () => {
  write(
    "stuck.ts",
    `${PIPELINE_HEAD}
export default definePipeline({
  name: "stuck",
  build(p) {
    p.create([1]).mapAsync("Wait", async () => {
      console.log("waiting");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });
  },
});
`,
  );
  const { code, stderr } = await beamline(["run", "stuck.ts", "--workers", "1"], (child) => {
    child.stdout?.once("data", () => child.kill("SIGINT"));
    child.stderr?.once("data", () => child.kill("SIGINT"));
  });
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringMatching(/^Cancelling: /) });
});

test("beamline graph draws without required options and says so", async () => {
  const { code, stdout, stderr } = await beamline(["graph", WORDCOUNT]);
  expect(code).toBe(0);
  expect(stderr).toContain("stand-ins for --input and --output");
  expect(stdout).toMatch(/^wordcount\n├─ /);
  const drawn = await beamline(["graph", WORDCOUNT, "--out", "graph.svg", "--quiet"]);
  expect(drawn).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(readFileSync(join(folder, "graph.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
});
