import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findMinio,
  type Minio,
  startMinio,
} from "../../packages/beamline/src/io/filesystem/s3/testdata/minio.js";
import { beamline } from "../support/command-line.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const wordcount = join(root, "examples/wordcount.ts");
const minioBinary = findMinio();
const suite = minioBinary === undefined ? describe.skip : describe;

let minio: Minio;
let client: S3Client;
let folder: string;
let env: Readonly<Record<string, string | undefined>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beamline-s3-"));
  if (minioBinary === undefined) return;
  minio = await startMinio(minioBinary);
  const { endpoint, credentials } = minio;
  client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  for (const Bucket of ["books", "counts"]) await client.send(new CreateBucketCommand({ Bucket }));
  env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_S3: endpoint,
  };
});

afterAll(async () => {
  await minio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function put(key: string, text: string | Uint8Array): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: "books", Key: key, Body: text }));
}

async function keysOf(bucket: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

async function textOf(key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "counts", Key: key }));
  return (await Body?.transformToString()) ?? "";
}

suite("a pipeline on s3:// paths", () => {
  test("reads many objects on worker threads and writes shards that replace earlier ones", async () => {
    const words = Array.from(
      { length: 500 },
      (_, i) => `w${String(i).replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "")}`,
    );
    const line = `${words.join(" ")}\n`;
    const books = Array.from({ length: 5 }, (_, i) => `in/book-${i}.txt`);
    for (const key of books) await put(key, line.repeat(400));
    await put("in/other.csv", "not this\n");
    await client.send(
      new PutObjectCommand({ Bucket: "counts", Key: "out/wc-00000-of-00009", Body: "old" }),
    );
    const argv = ["--input", "s3://books/in/*.txt", "--output", "s3://counts/out/wc"];
    const ended = await beamline(["run", wordcount, ...argv, "--workers", "2"], {
      cwd: folder,
      env,
    });
    expect(ended.stderr).not.toContain("Cannot");
    expect(ended.code).toBe(0);
    const keys = await keysOf("counts");
    expect(keys.every((key) => /^out\/wc-\d{5}-of-\d{5}$/.test(key))).toBe(true);
    expect(keys).not.toContain("out/wc-00000-of-00009");
    const lines = (await Promise.all(keys.map(textOf))).join("").trimEnd().split("\n");
    expect(lines.sort()).toEqual(words.map((word) => `${word}: 2000`).sort());
  });

  test("says all that is wrong before any work, naming transforms", async () => {
    const argv = ["--input", "s3://books/none/*.txt", "--output", "s3://no-such-bucket-here/wc"];
    const { code, stderr } = await beamline(["run", wordcount, ...argv], { cwd: folder, env });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/Cannot read "s3:\/\/books\/none\/\*\.txt": no file matches/);
    expect(stderr).toMatch(/Cannot write "s3:\/\/no-such-bucket-here\/wc": there is no bucket/);
    expect(stderr).toMatch(/transform "[^"]*text\.read"/);
    expect(stderr).toMatch(/transform "[^"]*text\.write"/);
  });

  test("says that the secret is wrong, without showing one", async () => {
    const argv = ["--input", "s3://books/in/*.txt", "--output", "s3://counts/wc"];
    const wrong = { ...env, AWS_SECRET_ACCESS_KEY: "another-secret" };
    const { code, stderr } = await beamline(["run", wordcount, ...argv, "--verbose"], {
      cwd: folder,
      env: wrong,
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain("S3 refuses the credentials (SignatureDoesNotMatch)");
    expect(stderr).not.toMatch(/another-secret|Signature=/);
  });

  test("reads and writes packed rows, and collects bad records", async () => {
    const convert = join(root, "test/local/pipelines/convert.mjs");
    const file = join(folder, "convert.mjs");
    writeFileSync(file, `export { pipeline as default } from ${JSON.stringify(convert)};`);
    const line = (i: number) =>
      `{"sensor":"s,${i}","at":"2024-05-01T10:00:00.000Z","value":${i / 2},"run":"${i}"}\n`;
    const lines = Array.from({ length: 30_000 }, (_, i) => line(i));
    await put("rows/a.jsonl", lines.join(""));
    await put("rows/b.jsonl.gz", gzipSync(`${line(30_000)}oops\n`));
    const argv = ["--input", "s3://books/rows/*", "--output", "s3://counts/rows"];
    const ended = await beamline(["run", file, ...argv, "--workers", "2"], { cwd: folder, env });
    expect(ended.stderr).not.toContain("Cannot");
    expect(ended.code).toBe(0);
    const keys = (await keysOf("counts")).filter((key) => key.startsWith("rows/"));
    const inflate = async (key: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: "counts", Key: key }));
      return gunzipSync((await Body?.transformToByteArray()) ?? "").toString();
    };
    const written = keys.filter((key) => key.endsWith(".jsonl.gz"));
    const texts = await Promise.all(written.map(inflate));
    expect(texts.join("").split("\n").length - 1).toBe(lines.length + 1);
    expect(keys.some((key) => /^rows\/rows-\d{5}-of-\d{5}\.csv\.zst$/.test(key))).toBe(true);
    expect(JSON.parse(await textOf("rows/bad-00000-of-00001.jsonl"))).toMatchObject({
      file: "s3://books/rows/b.jsonl.gz",
      line: 2,
      offset: line(30_000).length,
      raw: "oops",
    });
  });

  test("takes profile, region and endpoint from the shared configuration", async () => {
    await put("one/a.txt", "b a b\n");
    const { accessKeyId, secretAccessKey } = minio.credentials;
    writeFileSync(
      join(folder, "config"),
      `[profile lab]\nregion = eu-west-1\nendpoint_url = ${minio.endpoint}\n` +
        `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    const argv = ["--input", "s3://books/one/a.txt", "--output", "s3://counts/one/wc"];
    const { code, stderr } = await beamline(["run", wordcount, ...argv], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        AWS_CONFIG_FILE: join(folder, "config"),
        AWS_PROFILE: "lab",
      },
    });
    expect(stderr).not.toContain("Cannot");
    expect(code).toBe(0);
    expect((await textOf("one/wc-00000-of-00001")).trimEnd().split("\n").sort()).toEqual([
      "a: 1",
      "b: 2",
    ]);
  });
});

describe("a pipeline that needs a package which is not installed", () => {
  test.each([
    ["@aws-sdk/client-s3", 'text.read("s3://books/a.txt")'],
    ["papaparse", 'csv.read("a.csv")'],
    ["fzstd", 'text.read("a.zst")'],
    ["@hpcc-js/wasm-zstd", 'text.read("a.csv")).apply(text.write("out", { compression: "zstd" })'],
  ])("says so: %s", async (name, source) => {
    const library = join(folder, "node_modules/beamline");
    mkdirSync(library, { recursive: true });
    cpSync(join(root, "packages/beamline/dist"), join(library, "dist"), { recursive: true });
    cpSync(join(root, "packages/beamline/package.json"), join(library, "package.json"));
    for (const needed of ["@bufbuild", "@grpc", "temporal-polyfill", "zod"]) {
      const link = join(folder, "node_modules", needed);
      if (!existsSync(link)) symlinkSync(join(root, "node_modules", needed), link);
    }
    writeFileSync(join(folder, "a.csv"), "a,b\n1,2\n");
    writeFileSync(join(folder, "a.zst"), "");
    const script = join(folder, "script.mjs");
    writeFileSync(
      script,
      `import { csv, definePipeline, text } from "beamline";
      import { runLocal } from "beamline/runners/local";
      const build = (p) => { p.apply(${source}); };
      const graph = await definePipeline({ name: "missing", build }).toGraph();
      await runLocal(graph).catch((error) => console.log(error.code, error.message));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      cwd: dirname(script),
    });
    // Newer releases of Node have their own zstd.
    const isInside = name.includes("zstd") && "zstd" in process.versions;
    expect(stdout.includes(`npm install ${name}`)).toBe(!isInside);
    expect(stdout.includes("PACKAGE_MISSING")).toBe(!isInside);
  });
});
