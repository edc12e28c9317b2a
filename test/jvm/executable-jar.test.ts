import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  pipelineRunners,
  readExecutableJar,
  writeExecutableJar,
} from "../../packages/beamline/dist/jar/index.js";
import { findJava, type Java } from "../../packages/cli/dist/jvm/java.js";
import type { Command } from "../../packages/cli/dist/jvm/java-command.js";
import { ensureJobServerJar } from "../../packages/cli/dist/jvm/job-server-jar.js";
import { sparkSubmitCommand } from "../../packages/cli/dist/jvm/spark-command.js";
import {
  ensureSpark,
  type SparkInstallation,
} from "../../packages/cli/dist/jvm/spark-installation.js";
import { describeJvm } from "../support/describe-jvm.js";
import { run } from "../support/processes.js";

const BUILD_MS = 10 * 60_000;

describeJvm("executable jars", () => {
  let java: Java;
  let spark: SparkInstallation;
  let jobServerJar: string;
  let folder: string;
  let good: string;
  let bad: string;

  beforeAll(async () => {
    java = await findJava(process.env);
    spark = await ensureSpark();
    jobServerJar = await ensureJobServerJar("spark");
    folder = mkdtempSync(join(tmpdir(), "beamline-jars-"));
    good = join(folder, "good.jar");
    bad = join(folder, "bad.jar");
    await writeJar(good, pipelineWith({}));
    const parDo = {
      uniqueName: "ParDo",
      spec: { urn: "beam:transform:pardo:v1" },
      inputs: { in: "out" },
      environmentId: "broken",
    };
    await writeJar(bad, pipelineWith({ parDo }));
  }, BUILD_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function writeJar(out: string, pipeline: unknown): Promise<void> {
    await writeExecutableJar({
      jobServerJar,
      out,
      jobName: "impulse",
      pipelineJson: JSON.stringify(pipeline),
      optionsJson: JSON.stringify({ "beam:option:job_name:v1": "impulse" }),
      artifacts: [{ id: "artifact.txt", bytes: Buffer.from("an artifact") }],
      mainClass: pipelineRunners.spark,
    });
  }

  test("are the same bytes each time", async () => {
    const again = join(folder, "again.jar");
    await writeJar(again, pipelineWith({}));
    expect(readFileSync(again).equals(readFileSync(good))).toBe(true);
  });

  test("are read by Java, by Python and by Beamline", async () => {
    const names = [
      "META-INF/MANIFEST.MF",
      "beamline/spark/PipelineMain.class",
      "BEAM-PIPELINE/pipeline-manifest.json",
      "BEAM-PIPELINE/impulse/artifacts/artifact.txt",
    ];
    const script = join(folder, "ReadJar.java");
    writeFileSync(script, READ_JAVA);
    const byJava = spawnSync(java.command, [script, good, ...names], { encoding: "utf8" });
    expect(byJava.stderr).toBe("");
    // A stream does not show the manifest among the entries.
    expect(byJava.stdout.trimEnd().split("\n")).toEqual([
      `Main-Class ${pipelineRunners.spark}`,
      ...names.slice(1),
    ]);
    const byPython = spawnSync("python3", ["-c", READ_PYTHON, good, ...names], {
      encoding: "utf8",
    });
    expect(byPython.stderr).toBe("");
    expect(byPython.stdout.trimEnd().split("\n")).toEqual(names);

    expect(await readExecutableJar(good)).toMatchObject({
      jobName: "impulse",
      mainClass: pipelineRunners.spark,
      artifacts: [{ id: "artifact.txt", size: 11 }],
    });
    expect(statSync(good).size).toBeGreaterThan(statSync(jobServerJar).size);
  });

  function submit(jar: string): Command {
    const [mainClass, master, deployMode] = [pipelineRunners.spark, "local[2]", "client"] as const;
    return sparkSubmitCommand({ java, spark, master, deployMode, mainClass, jar });
  }

  test("run by spark-submit, and end with what their pipeline ends with", async () => {
    const done = await run(submit(good));
    expect(done.code, done.output).toBe(0);
    expect(done.output).toContain("Running job impulse");
    const failed = await run(submit(bad));
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("Process died with exit code");
  }, 120_000);
});

/** Reads as a stream does, which finds a manifest in front only, and as a class loader does. */
const READ_JAVA = `
import java.io.*; import java.util.*; import java.util.jar.*;
public class ReadJar {
  public static void main(String[] args) throws Exception {
    List<String> wanted = Arrays.asList(args);
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    try (JarInputStream in = new JarInputStream(new FileInputStream(args[0]))) {
      out.println("Main-Class " + in.getManifest().getMainAttributes().getValue("Main-Class"));
      for (JarEntry entry; (entry = in.getNextJarEntry()) != null; )
        if (wanted.contains(entry.getName())) out.println(entry.getName());
    }
    try (JarFile jar = new JarFile(args[0])) {
      byte[] bytes = jar.getInputStream(jar.getEntry("BEAM-PIPELINE/impulse/artifacts/artifact.txt")).readAllBytes();
      if (!new String(bytes).equals("an artifact")) throw new IOException("wrong artifact");
    }
  }
}
`;

const READ_PYTHON = `
import sys, zipfile
jar = zipfile.ZipFile(sys.argv[1])
assert jar.testzip() is None
names = jar.namelist()
assert len(set(names)) == len(names)
print("\\n".join(name for name in sys.argv[2:] if name in names))
`;

/** A pipeline with an Impulse, which needs no workers, and others, whose workers do not start. */
function pipelineWith(others: Readonly<Record<string, unknown>>): unknown {
  return {
    components: {
      transforms: {
        impulse: {
          uniqueName: "Impulse",
          spec: { urn: "beam:transform:impulse:v1" },
          outputs: { out: "out" },
        },
        ...others,
      },
      pcollections: {
        out: {
          uniqueName: "Impulse.out",
          coderId: "bytes",
          isBounded: "BOUNDED",
          windowingStrategyId: "global",
        },
      },
      windowingStrategies: {
        global: {
          windowFn: { urn: "beam:window_fn:global_windows:v1" },
          mergeStatus: "NON_MERGING",
          windowCoderId: "window",
          trigger: { default: {} },
          accumulationMode: "DISCARDING",
          outputTime: "END_OF_WINDOW",
          closingBehavior: "EMIT_IF_NONEMPTY",
          onTimeBehavior: "FIRE_ALWAYS",
        },
      },
      environments: {
        broken: {
          urn: "beam:env:process:v1",
          payload: Buffer.from("\x1a\x05false").toString("base64"),
        },
      },
      coders: {
        bytes: { spec: { urn: "beam:coder:bytes:v1" } },
        window: { spec: { urn: "beam:coder:global_window:v1" } },
      },
    },
    rootTransformIds: ["impulse", ...Object.keys(others)],
  };
}
