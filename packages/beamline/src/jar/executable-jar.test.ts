import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packSpec } from "../proto/function-spec.js";
import { ArtifactFilePayloadSchema } from "../proto/gen/pipeline/artifacts_pb.js";
import { ProcessPayloadSchema } from "../proto/gen/pipeline/environment_pb.js";
import { artifactTypeUrns, environmentUrns } from "../proto/urns.js";
import { artifactPath, pipelineRunners } from "./jar-layout.js";
import { readDirectory } from "./read-directory.js";
import { readEntry } from "./read-entry.js";
import { readExecutableJar } from "./read-executable-jar.js";
import { type ExecutableJar, writeExecutableJar } from "./write-executable-jar.js";
import { centralHeader, endRecords, localHeader } from "./zip-records.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-jar-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface SampleFile {
  readonly name: string;
  readonly text: string;
}

const RUNNER: SampleFile = {
  name: "beamline/spark/PipelineMain.class",
  text: "bytes of a class",
};

const JOB_SERVER: readonly SampleFile[] = [
  { name: "META-INF/", text: "" },
  {
    name: "META-INF/MANIFEST.MF",
    text: "Manifest-Version: 1.0\r\nMain-Class: Driver\r\nA: b\r\n\r\n",
  },
  { name: "META-INF/services/x", text: "y" },
  { name: "META-INF/SOMEONE.SF", text: "digests" },
  { name: "META-INF/INDEX.LIST", text: "index" },
  RUNNER,
  { name: "last.txt", text: "the end ".repeat(1000) },
];

/** A zip as Java writes it: deflated, with the sizes behind the bytes. */
function javaZip(files: readonly SampleFile[], between = ""): Buffer {
  const parts: Buffer[] = [];
  const records: Buffer[] = [];
  let offset = 0;
  for (const { name, text } of files) {
    const bytes = Buffer.from(text);
    const deflated = deflateRawSync(bytes);
    const crc = crc32(bytes);
    const header = localHeader({ name, size: 0, crc: 0 });
    header.writeUInt16LE(0x0008, 6);
    header.writeUInt16LE(8, 8);
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x08074b50, 0);
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeUInt32LE(deflated.length, 8);
    descriptor.writeUInt32LE(bytes.length, 12);
    const record = centralHeader({ name, size: bytes.length, crc }, offset);
    record.writeUInt16LE(0x0008, 8);
    record.writeUInt16LE(8, 10);
    record.writeUInt32LE(deflated.length, 20);
    records.push(record);
    const part = Buffer.concat([header, deflated, descriptor, Buffer.from(between)]);
    parts.push(part);
    offset += part.length;
  }
  const directory = Buffer.concat(records);
  const end = endRecords(records.length, offset, directory.length);
  return Buffer.concat([...parts, directory, end]);
}

function jobServer(files: readonly SampleFile[] = JOB_SERVER, between?: string): string {
  const path = join(folder, "job-server.jar");
  writeFileSync(path, javaZip(files, between));
  return path;
}

function jarOf(changes: Partial<ExecutableJar> = {}): ExecutableJar {
  return {
    jobServerJar: join(folder, "job-server.jar"),
    out: join(folder, "out.jar"),
    jobName: "words",
    pipelineJson: "{}",
    optionsJson: "{}",
    artifacts: [],
    mainClass: pipelineRunners.spark,
    ...changes,
  };
}

async function contentsOf(path: string): Promise<Map<string, string>> {
  const file = await open(path);
  try {
    const { entries } = await readDirectory(file);
    const contents = new Map<string, string>();
    for (const entry of entries) {
      expect(contents.has(entry.name)).toBe(false);
      contents.set(entry.name, (await readEntry(file, entry)).toString());
    }
    return contents;
  } finally {
    await file.close();
  }
}

describe("writeExecutableJar", () => {
  test("names Beam's main class where the job server has none of ours", async () => {
    const name = "org/apache/beam/runners/spark/SparkPipelineRunner.class";
    jobServer([{ name, text: "class" }]);
    const mainClass = "org.apache.beam.runners.spark.SparkPipelineRunner";
    expect(await writeExecutableJar(jarOf())).toMatchObject({ mainClass });
    expect(await readExecutableJar(join(folder, "out.jar"))).toMatchObject({ mainClass });
  });

  test("keeps the job server's files and adds the pipeline's", async () => {
    jobServer();
    const big = join(folder, "big.bin");
    writeFileSync(big, "from a file");
    const artifacts = [
      { id: "b", file: big },
      { id: "a", bytes: Buffer.from("from memory") },
    ];
    const written = await writeExecutableJar(
      jarOf({ artifacts, pipelineJson: '{"a":1}', optionsJson: '{"b":2}' }),
    );
    const contents = await contentsOf(join(folder, "out.jar"));
    expect([...contents.keys()]).toEqual([
      "META-INF/MANIFEST.MF",
      "META-INF/",
      "META-INF/services/x",
      RUNNER.name,
      "last.txt",
      "BEAM-PIPELINE/pipeline-manifest.json",
      "BEAM-PIPELINE/words/pipeline.json",
      "BEAM-PIPELINE/words/pipeline-options.json",
      "BEAM-PIPELINE/words/artifacts/a",
      "BEAM-PIPELINE/words/artifacts/b",
    ]);
    expect(contents.get("META-INF/MANIFEST.MF")).toBe(
      `Manifest-Version: 1.0\r\nMain-Class: ${pipelineRunners.spark}\r\nA: b\r\n\r\n`,
    );
    expect(contents.get("last.txt")).toBe("the end ".repeat(1000));
    expect(contents.get("BEAM-PIPELINE/pipeline-manifest.json")).toBe('{"defaultJobName":"words"}');
    expect(contents.get("BEAM-PIPELINE/words/pipeline.json")).toBe('{"a":1}');
    expect(contents.get("BEAM-PIPELINE/words/pipeline-options.json")).toBe('{"b":2}');
    expect(contents.get("BEAM-PIPELINE/words/artifacts/a")).toBe("from memory");
    expect(contents.get("BEAM-PIPELINE/words/artifacts/b")).toBe("from a file");
    expect(written).toEqual({
      entries: 10,
      size: readFileSync(join(folder, "out.jar")).length,
      mainClass: pipelineRunners.spark,
    });
  });

  test("gives the same bytes for the same inputs, in whatever order the artifacts are", async () => {
    jobServer();
    const artifacts = ["x", "y", "z"].map((id) => ({ id, bytes: Buffer.from(id) }));
    await writeExecutableJar(jarOf({ artifacts, out: join(folder, "1.jar") }));
    await writeExecutableJar(jarOf({ artifacts: artifacts.reverse(), out: join(folder, "2.jar") }));
    expect(readFileSync(join(folder, "1.jar"))).toEqual(readFileSync(join(folder, "2.jar")));
  });

  test("copies entries that have other bytes between them", async () => {
    jobServer(JOB_SERVER, "padding");
    await writeExecutableJar(jarOf());
    const contents = await contentsOf(join(folder, "out.jar"));
    expect(contents.get(RUNNER.name)).toBe(RUNNER.text);
    expect(contents.get("last.txt")).toBe("the end ".repeat(1000));
  });

  test("holds more entries than the format without zip64 can count", async () => {
    const many = Array.from({ length: 66_000 }, (_, index) => ({ name: `f${index}`, text: "" }));
    jobServer([RUNNER, ...many]);
    const { entries } = await writeExecutableJar(jarOf());
    expect(entries).toBe(66_005);
    const file = await open(join(folder, "out.jar"));
    const names = (await readDirectory(file)).entries.map(({ name }) => name);
    await file.close();
    expect(names.length).toBe(66_005);
    expect(names[66_002]).toBe("BEAM-PIPELINE/pipeline-manifest.json");
  });

  test("replaces an older jar, and leaves no drafts", async () => {
    jobServer();
    writeFileSync(join(folder, "out.jar"), "old");
    await writeExecutableJar(jarOf());
    expect(readdirSync(folder).sort()).toEqual(["job-server.jar", "out.jar"]);
  });

  test.each([
    ["a file that is no zip", Buffer.from("#!/bin/sh\n".repeat(100)), "NOT_A_JAR"],
    ["an empty file", Buffer.alloc(0), "NOT_A_JAR"],
    ["a jar without its end", javaZip(JOB_SERVER).subarray(0, -100), "NOT_A_JAR"],
    ["a jar without its beginning", javaZip(JOB_SERVER).subarray(100), "NOT_A_JAR"],
    ["a jar without the runner", javaZip(JOB_SERVER.slice(0, 2)), "NOT_A_JOB_SERVER"],
    [
      "a jar with a pipeline",
      javaZip([...JOB_SERVER, { name: "BEAM-PIPELINE/pipeline-manifest.json", text: "{}" }]),
      "NOT_A_JOB_SERVER",
    ],
  ])("refuses %s, and keeps the older jar", async (_, bytes, code) => {
    writeFileSync(join(folder, "job-server.jar"), bytes);
    writeFileSync(join(folder, "out.jar"), "old");
    await expect(writeExecutableJar(jarOf())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^Cannot (read|make an executable jar from) ".*": .+; .+$/),
    });
    expect(readFileSync(join(folder, "out.jar"), "utf8")).toBe("old");
    expect(readdirSync(folder).sort()).toEqual(["job-server.jar", "out.jar"]);
  });

  test("says which file could not be read or written", async () => {
    await expect(writeExecutableJar(jarOf())).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      message: expect.stringContaining("job-server.jar"),
    });
    jobServer();
    const gone = join(folder, "gone", "out.jar");
    await expect(writeExecutableJar(jarOf({ out: gone }))).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      message: `Cannot write "${gone}": there is no such file or folder; check the path`,
    });
    const absent = join(folder, "absent.js");
    await expect(
      writeExecutableJar(jarOf({ artifacts: [{ id: "a", file: absent }] })),
    ).rejects.toMatchObject({ code: "FILE_NOT_FOUND", message: expect.stringContaining(absent) });
    await expect(writeExecutableJar(jarOf({ out: folder }))).rejects.toMatchObject({
      code: expect.stringMatching(/./),
      message: expect.stringContaining(`Cannot write "${folder}"`),
    });
  });

  test("refuses two artifacts of one name and names that are none", async () => {
    jobServer();
    const twice = [1, 2].map((byte) => ({ id: "a", bytes: Buffer.of(byte) }));
    await expect(writeExecutableJar(jarOf({ artifacts: twice }))).rejects.toMatchObject({
      code: "DUPLICATE_ARTIFACT",
    });
    for (const jobName of ["", "a/b", "..", "a\nb"]) {
      await expect(writeExecutableJar(jarOf({ jobName }))).rejects.toMatchObject({
        code: "INVALID_NAME",
      });
    }
  });

  test("stops when it is told to, and leaves nothing", async () => {
    jobServer();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(writeExecutableJar(jarOf({ signal }))).rejects.toThrow("enough");
    expect(existsSync(join(folder, "out.jar"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["job-server.jar"]);
  });
});

describe("readExecutableJar", () => {
  test("shows what writeExecutableJar wrote", async () => {
    jobServer();
    const bytes = Buffer.from("console.log('hello')");
    const type = packSpec(artifactTypeUrns.file, ArtifactFilePayloadSchema, {
      path: artifactPath("words", "main.mjs"),
    });
    const process = packSpec(environmentUrns.process, ProcessPayloadSchema, {
      command: "/opt/boot",
    });
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
    const pipelineJson = JSON.stringify({
      components: {
        transforms: {},
        environments: {
          js: {
            urn: process.urn,
            payload: base64(process.payload),
            capabilities: ["beam:coder:bytes:v1", "beam:version:sdk_base:beamline:0.1.0"],
            dependencies: [{ typeUrn: type.urn, typePayload: base64(type.payload) }],
          },
        },
      },
    });
    await writeExecutableJar(jarOf({ pipelineJson, artifacts: [{ id: "main.mjs", bytes }] }));
    expect(await readExecutableJar(join(folder, "out.jar"))).toMatchObject({
      jobName: "words",
      mainClass: pipelineRunners.spark,
      pipelineJson,
      optionsJson: "{}",
      environments: [
        {
          id: "js",
          urn: environmentUrns.process,
          target: "/opt/boot",
          sdk: "beamline:0.1.0",
          dependencies: [
            {
              stagedName: undefined,
              path: "classpath://BEAM-PIPELINE/words/artifacts/main.mjs",
            },
          ],
        },
      ],
      artifacts: [
        {
          id: "main.mjs",
          size: bytes.length,
          sha256: createHash("sha256").update(bytes).digest("hex"),
        },
      ],
    });
  });

  test("refuses a jar without a pipeline, and one whose bytes have changed", async () => {
    await expect(readExecutableJar(jobServer())).rejects.toMatchObject({ code: "NOT_EXECUTABLE" });
    const out = join(folder, "out.jar");
    await writeExecutableJar(jarOf({ artifacts: [{ id: "a", bytes: Buffer.from("ARTIFACT") }] }));
    const bytes = readFileSync(out);
    bytes.write("artifact", bytes.indexOf("ARTIFACT"));
    writeFileSync(out, bytes);
    await expect(readExecutableJar(out)).rejects.toMatchObject({
      code: "NOT_A_JAR",
      message: expect.stringContaining('"BEAM-PIPELINE/words/artifacts/a" is damaged'),
    });
  });
});
