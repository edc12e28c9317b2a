import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Fault,
  type FaultProxy,
  type SeenRequest,
  startFaultProxy,
} from "../../packages/beamline/src/io/filesystem/s3/testdata/fault-proxy.js";
import {
  findMinio,
  type Minio,
  startMinio,
} from "../../packages/beamline/src/io/filesystem/s3/testdata/minio.js";
import { beamline } from "../support/command-line.js";

const WORDCOUNT = fileURLToPath(new URL("../../examples/wordcount.ts", import.meta.url));
const COPY = fileURLToPath(new URL("./pipelines/copy.ts", import.meta.url));
const minioBinary = findMinio();
const suite = minioBinary === undefined ? describe.skip : describe;

const OBJECTS = 4;
/** About 7 MB an object: more than a small job, and outputs of several parts. */
const LINE = `${Array.from({ length: 60 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}`).join(" ")}\n`;
const LINES = 20_000;

let minio: Minio;
let proxy: FaultProxy;
let client: S3Client;
let folder = "";
let env: Readonly<Record<string, string | undefined>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beamline-s3-faults-"));
  if (minioBinary === undefined) return;
  minio = await startMinio(minioBinary);
  proxy = await startFaultProxy(minio.endpoint);
  const { endpoint, credentials } = minio;
  client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  for (const Bucket of ["in", "out"].map(bucket))
    await client.send(new CreateBucketCommand({ Bucket }));
  for (let i = 0; i < OBJECTS; i++) {
    const put = { Bucket: bucket("in"), Key: `book-${i}.txt`, Body: LINE.repeat(LINES) };
    await client.send(new PutObjectCommand(put));
  }
  env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_S3: proxy.endpoint,
  };
});

afterAll(async () => {
  await proxy?.stop();
  await minio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  if (minioBinary !== undefined) proxy.decide = () => undefined;
});

function bucket(name: string): string {
  return `faults-${name}`;
}

function run(pipeline: string, output: string, more: Readonly<Record<string, string>> = {}) {
  const argv = ["run", pipeline, "--input", `s3://${bucket("in")}/*.txt`, "--json"];
  argv.push("--output", `s3://${bucket("out")}/${output}`, "--workers", "2");
  return beamline(argv, { cwd: folder, env: { ...env, ...more } });
}

async function keysOf(prefix: string): Promise<string[]> {
  const list = new ListObjectsV2Command({ Bucket: bucket("out"), Prefix: prefix });
  return ((await client.send(list)).Contents ?? []).flatMap(({ Key }) => Key ?? []);
}

async function linesUnder(prefix: string): Promise<string[]> {
  const texts = (await keysOf(prefix)).map(async (Key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket("out"), Key }));
    return (await Body?.transformToString()) ?? "";
  });
  return (await Promise.all(texts)).join("").trimEnd().split("\n");
}

/** Each fault befalls every so many-th request that it may befall. */
function trouble(): {
  readonly decide: (request: SeenRequest) => Fault;
  readonly count: () => number;
} {
  const seen = { get: 0, put: 0, any: 0, faults: 0 };
  const pick = ({ method, url, range }: SeenRequest): Fault => {
    seen.any++;
    if (seen.any % 9 === 0) return { status: 503, code: "SlowDown" };
    if (seen.any % 14 === 0) return { status: 500, code: "InternalError" };
    if (method === "GET" && range !== undefined) {
      seen.get++;
      if (seen.get % 4 === 0) return { cutAfter: 150_000 };
      if (seen.get % 7 === 0) return { endAfter: 70_000 };
    }
    if (method === "PUT" || (method === "POST" && url.includes("uploadId="))) {
      seen.put++;
      if (seen.put % 5 === 0) return { loseAnswer: true };
    }
    return undefined;
  };
  return {
    decide(request) {
      const fault = pick(request);
      if (fault !== undefined) seen.faults++;
      return fault;
    },
    count: () => seen.faults,
  };
}

suite("a pipeline on worker threads whose S3 throttles, fails, resets and ends answers too early", () => {
  test("counts every word once", async () => {
    const { decide, count } = trouble();
    proxy.decide = decide;
    const { code, stdout, stderr } = await run(WORDCOUNT, "words/wc");
    expect(stderr).not.toContain("Cannot");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ workers: 2, threadsLost: 0 });
    expect(count()).toBeGreaterThan(10);
    const counts = (await linesUnder("words/")).map((line) => Number(line.split(": ")[1]));
    expect(counts).toHaveLength(26);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(60 * LINES * OBJECTS);
  });

  test("writes every line once, in uploads of several parts", async () => {
    const { decide } = trouble();
    proxy.decide = decide;
    const { code, stderr } = await run(COPY, "copies/part");
    expect(stderr).not.toContain("Cannot");
    expect(code).toBe(0);
    const lines = await linesUnder("copies/");
    expect(lines).toHaveLength(LINES * OBJECTS);
    expect(new Set(lines).size).toBe(1);
    expect((await keysOf("copies/")).every((key) => key.startsWith("copies/part-"))).toBe(true);
  });
});

suite("a pipeline whose S3 fails for good", () => {
  const QUICK = { AWS_MAX_ATTEMPTS: "2" };

  test("names what could not be read, and shows nothing", async () => {
    let reads = 0;
    proxy.decide = ({ method, range }) =>
      method === "GET" && range !== undefined && reads++ > 10
        ? { status: 500, code: "InternalError" }
        : undefined;
    const { code, stdout } = await run(COPY, "unread/part", QUICK);
    expect(code).toBe(1);
    expect(stdout).toMatch(/Cannot read \\"s3:\/\/faults-in\/book-\d\.txt\\": S3 answered 500/);
    expect(await keysOf("unread/")).toEqual([]);
  });

  test("names what could not be written, and leaves the earlier output", async () => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket("out"),
        Key: "kept/part-00000-of-00001",
        Body: "old\n",
      }),
    );
    proxy.decide = ({ method, url }) =>
      method === "PUT" && url.includes("partNumber=")
        ? { status: 503, code: "SlowDown" }
        : undefined;
    const { code, stdout } = await run(COPY, "kept/part", QUICK);
    expect(code).toBe(1);
    expect(stdout).toMatch(/Cannot write \\"s3:\/\/faults-out\/kept\/.*: S3 answered 503/);
    expect(await keysOf("kept/")).toEqual(["kept/part-00000-of-00001"]);
    expect(await linesUnder("kept/")).toEqual(["old"]);
  });

  test("completes in the next run what fails while shards get their names", async () => {
    let shown = 0;
    proxy.decide = ({ method, url }) => {
      const isName = method !== "GET" && /\/half\/part-[^?]*\?.*(CopyObject|uploadId=)/.test(url);
      return isName && !url.includes("partNumber=") && shown++ > 0
        ? { status: 403, code: "AccessDenied" }
        : undefined;
    };
    const failed = await run(COPY, "half/part");
    expect(failed.code).toBe(1);
    expect(await keysOf("half/")).toContain("half/.beamline-temp-part/commit.json");
    // Whatever becomes of that run itself.
    proxy.decide = ({ method, url }) =>
      method === "GET" && url.includes("/faults-in/book-0.txt")
        ? { status: 403, code: "AccessDenied" }
        : undefined;
    expect((await run(COPY, "half/part")).code).toBe(1);
    expect(await linesUnder("half/")).toHaveLength(LINES * OBJECTS);
    expect((await keysOf("half/")).every((key) => key.startsWith("half/part-"))).toBe(true);
  });
});
