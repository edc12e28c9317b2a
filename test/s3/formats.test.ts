import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { runLocal } from "beamline/runners/local";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findMinio,
  type Minio,
  startMinio,
} from "../../packages/beamline/src/io/filesystem/s3/testdata/minio.js";
import { duckdb } from "../../packages/beamline/src/io/parquet/testdata/duckdb.js";
import { pipeline } from "../local/pipelines/formats.mjs";

const url = new URL("../local/pipelines/formats.mjs", import.meta.url).href;
const minioBinary = findMinio();
const variables = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_REGION",
  "AWS_ENDPOINT_URL_S3",
];
const before = variables.map((name) => [name, process.env[name]] as const);

let folder = "";
let minio: Minio | undefined;
let client: S3Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beamline-formats-"));
  if (minioBinary === undefined) return;
  minio = await startMinio(minioBinary);
  const { endpoint, credentials } = minio;
  client = new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: "rows" }));
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  process.env.AWS_REGION = "us-east-1";
  process.env.AWS_ENDPOINT_URL_S3 = endpoint;
});

afterAll(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await minio?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** On two worker threads, every bundle. */
async function run(options: { make?: number; input?: string; output: string }): Promise<void> {
  const given = { make: 0, input: "", ...options };
  const result = await runLocal(pipeline.toGraph(given), {
    code: { url, exportName: "pipeline", options: given },
    workers: 2,
    workerThreads: "always",
  });
  expect(result).toMatchObject({ state: "done", retries: 0, workers: 2 });
}

/** What DuckDB sees of rows 0 to 4999. */
async function expectAll(glob: string): Promise<void> {
  expect(
    await duckdb(`SELECT count(*) AS n, sum(id) AS ids, count(sensor) AS sensors,
      max("at")::VARCHAR AS latest, sum(values[2]) AS halves FROM '${glob}'`),
  ).toEqual([
    {
      ...{ n: "5000", ids: String((5000 * 4999) / 2), sensors: "3333" },
      ...{ latest: "1970-01-01 01:23:19+00", halves: (5000 * 4999) / 4 },
    },
  ]);
}

describe("Parquet and Avro", () => {
  test("are written and read on worker threads", async () => {
    await run({ make: 5000, output: join(folder, "a") });
    await run({ input: join(folder, "a-*.parquet"), output: join(folder, "b.avro") });
    await run({ input: join(folder, "b.avro-*.avro"), output: join(folder, "c") });
    await expectAll(join(folder, "c-*.parquet"));
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test.skipIf(minioBinary === undefined)("are written and read on s3://", async () => {
    await run({ make: 5000, output: "s3://rows/a/part" });
    await run({ input: "s3://rows/a/*.parquet", output: "s3://rows/b/part.avro" });
    await run({ input: "s3://rows/b/*.avro", output: "s3://rows/c/part" });
    const { Contents = [] } = await client.send(
      new ListObjectsV2Command({ Bucket: "rows", Prefix: "c/" }),
    );
    for (const { Key = "" } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: "rows", Key }));
      writeFileSync(join(folder, `s3-${Key.slice(2)}`), (await Body?.transformToByteArray()) ?? "");
    }
    await expectAll(join(folder, "s3-part-*.parquet"));
  });
});
