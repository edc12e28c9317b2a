import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Pipeline } from "../../packages/beamline/dist/index.js";
import {
  type Artifact,
  codeArtifacts,
  runPortable,
} from "../../packages/beamline/dist/runners/portable/index.js";
import type { JobServer } from "../../packages/cli/dist/jvm/start-job-server.js";
import { describeJvm } from "../support/describe-jvm.js";
import { BOOT, startJobServer, temporaryFolder } from "./support.js";

const BUILD_MS = 10 * 60_000;

describeJvm("a worker that cannot start on Spark", () => {
  let folder: string;
  let server: JobServer;

  beforeAll(async () => {
    folder = temporaryFolder();
    server = await startJobServer(folder, "local[1]");
  }, BUILD_MS);

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function numbers(name = "Double") {
    const pipeline = new Pipeline("boots");
    pipeline.create("Numbers", [1, 2]).map(name, (n) => n * 2);
    return pipeline.toGraph();
  }

  /** The code of a pipeline that is built as `numbers` is, if nothing is changed. */
  function shipped(changes: Partial<Parameters<typeof codeArtifacts>[0]> = {}): Artifact[] {
    const bundle = join(folder, "pipeline.mjs");
    const library = new URL("../../packages/beamline/dist/index.js", import.meta.url).href;
    writeFileSync(
      bundle,
      `import { definePipeline } from ${JSON.stringify(library)};
export default definePipeline({
  name: "boots",
  build: (p) => p.create("Numbers", [1, 2]).map("Double", (n) => n * 2),
});
`,
    );
    const { version } = JSON.parse(
      readFileSync(new URL("../../packages/beamline/package.json", import.meta.url), "utf8"),
    );
    const code = { graph: numbers(), bundle, exportName: "default", options: {}, version };
    return codeArtifacts({ ...code, ...changes });
  }

  const runWith = (artifacts: readonly Artifact[], command = BOOT, env = {}) =>
    runPortable(numbers(), {
      jobEndpoint: server.addresses.job,
      runner: "spark",
      environment: { kind: "process", command, env },
      artifacts,
    });

  test("starts where nothing is wrong", async () => {
    expect((await runWith(shipped())).state).toBe("done");
  });

  test("says that its bundle is missing", async () => {
    await expect(runWith([])).rejects.toMatchObject({
      code: "MISSING_BUNDLE",
      message: expect.stringMatching(/^Cannot start the worker: .* was not staged; submit/),
    });
  });

  test("says that it is of another version", async () => {
    await expect(runWith(shipped({ version: "9.1.0" }))).rejects.toMatchObject({
      code: "VERSION_MISMATCH",
      message: expect.stringMatching(/submitted with Beamline 9\.1\.0, and this worker has \d/),
    });
  });

  test("names the transform that is another than was submitted", async () => {
    await expect(runWith(shipped({ graph: numbers("Triple") }))).rejects.toMatchObject({
      message: expect.stringMatching(/Triple|Double/),
    });
  });

  test("says in its log file that Node is missing, and the terminal says where that is", async () => {
    const command = join(folder, "boot-without-node");
    writeFileSync(command, `#!/bin/sh\nBEAMLINE_NODE=node-of-nowhere exec ${BOOT} "$@"\n`);
    chmodSync(command, 0o755);
    const before = new Map(bootLogs());
    await expect(runWith(shipped(), command)).rejects.toMatchObject({
      code: "JOB_FAILED",
      message: expect.stringMatching(/ended before it was ready.*beamline-boot-\*\.log.*Node 20/),
    });
    const news = [...bootLogs()].map(([name, text]) => text.slice((before.get(name) ?? "").length));
    expect(news.join("\n")).toContain('there is no Node.js at "node-of-nowhere"');
  });

  test("is refused by name where its command is missing", async () => {
    await expect(runWith(shipped(), "/nowhere/boot")).rejects.toMatchObject({
      message: expect.stringContaining("can't start the workers' command /nowhere/boot"),
    });
  });
});

function bootLogs(): [string, string][] {
  return readdirSync(tmpdir())
    .filter((name) => /^beamline-boot-.*\.log$/.test(name))
    .map((name) => [name, readFileSync(join(tmpdir(), name), "utf8")]);
}
