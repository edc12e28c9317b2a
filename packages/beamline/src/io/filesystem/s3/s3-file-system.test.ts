import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutBucketPolicyCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { inParallel } from "../in-parallel.js";
import { openS3 } from "./open-s3.js";
import { findMinio } from "./testdata/minio.js";
import { S3Suite } from "./testdata/s3-suite.js";

const MIB = 1 << 20;

/** A suite that needs MinIO: skipped with a loud line where it is missing, but in CI that fails. */
function describeS3(name: string, suite: (s3: S3Suite) => void): void {
  const binary = findMinio();
  if (binary === undefined) {
    console.warn(`\nSKIPPED: ${name}: build MinIO with node tools/kubernetes/build.mjs minio\n`);
    describe.skip(name, () => test("needs MinIO", () => {}));
    return;
  }
  describe(name, { timeout: 60_000 }, () => {
    const s3 = new S3Suite();
    beforeAll(() => s3.start(binary), 60_000);
    beforeEach(() => s3.newBucket());
    afterAll(() => s3.stop());
    suite(s3);
  });
}

function coded(code: string, text: RegExp = /./) {
  return expect.objectContaining({
    code,
    message: expect.stringMatching(/^Cannot .*: .*; .*/s),
    ...(text.source === "." ? {} : { message: expect.stringMatching(text) }),
  });
}

/** Bytes that differ at every place where parts of a file could be mixed up. */
function pattern(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i += 4)
    bytes.writeUInt32LE((i * 2654435761) >>> 0, Math.min(i, size - 4));
  return bytes;
}

describeS3("S3FileSystem matches", (s3) => {
  test("globs by their segments, sorted, without hidden keys and folders", async () => {
    const keys = ["a.txt", "b.txt", "b.csv", "in/c.txt", "in/x/d.txt", "in/x/y/e.txt", ".hid.txt"];
    for (const key of [...keys, "in/", "in/.tmp/f.txt"]) {
      await s3.put(key);
    }
    expect(await s3.match("*.txt")).toEqual(["a.txt", "b.txt"]);
    expect(await s3.match("[ab].{csv,txt}")).toEqual(["a.txt", "b.csv", "b.txt"]);
    expect(await s3.match("in/*")).toEqual(["in/c.txt"]);
    expect(await s3.match("in/*/*.txt")).toEqual(["in/x/d.txt"]);
    expect(await s3.match("in/**")).toEqual(["in/c.txt", "in/x/d.txt", "in/x/y/e.txt"]);
    expect(await s3.match("**/e.txt")).toEqual(["in/x/y/e.txt"]);
    expect(await s3.match("in/**/x/*.txt")).toEqual(["in/x/d.txt"]);
    expect(await s3.match("{in,out}/c.txt")).toEqual(["in/c.txt"]);
    expect(await s3.match(".h*.txt")).toEqual([".hid.txt"]);
    expect(await s3.match("in")).toEqual([]);
    expect(await s3.match("none/*")).toEqual([]);
  });

  test("a key that is written like a glob by itself", async () => {
    const names = ["a*.txt", "ab.txt", "sp ace+ü?.txt"];
    for (const key of names) await s3.put(key);
    expect(await s3.match("a*.txt")).toEqual(["a*.txt"]);
    expect(await s3.match("a\\*.txt")).toEqual(["a*.txt"]);
    expect(await s3.match("sp ace+ü?.txt")).toEqual(["sp ace+ü?.txt"]);
    expect(String(await s3.read(s3.path("sp ace+ü?.txt")))).toBe("sp ace+ü?.txt");
  });

  test("more keys than fit one page, and lists no folder without need", async () => {
    const keys = Array.from({ length: 2300 }, (_, i) => `many/part-${String(i).padStart(5, "0")}`);
    const { client, bucket } = s3;
    await inParallel(keys, 32, (Key) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" })),
    );
    await s3.put("many/deep/1/part-2");
    s3.proxy.seen.length = 0;
    expect(await s3.match("many/part-*")).toEqual(keys);
    const lists = s3.proxy.seen.filter(({ url }) => url.includes("list-type=2"));
    expect(lists).toHaveLength(3);
    expect(await s3.match("many/part-0000?")).toEqual(keys.slice(0, 10));
  });
});

describeS3("S3FileSystem reads", (s3) => {
  test("any range in blocks, by several requests of the same version", async () => {
    const bytes = pattern(20 * MIB + 123);
    const path = await s3.put("big", bytes);
    s3.proxy.seen.length = 0;
    expect((await s3.read(path)).equals(bytes)).toBe(true);
    const gets = s3.proxy.seen.filter(({ method }) => method === "GET");
    expect(gets.length).toBeGreaterThan(3);
    expect(new Set(gets.slice(1).map(({ ifMatch }) => ifMatch))).toEqual(
      new Set([(await s3.info(path)).version]),
    );
    for (const [start, end] of [
      [0, 1],
      [5 * MIB - 1, 5 * MIB + 1],
      [20 * MIB, 20 * MIB + 123],
      [7, 7],
    ] as const) {
      const blocks: Buffer[] = [];
      for await (const block of s3.files.read(path, { start, end }, { blockSize: 100_000 })) {
        expect(block.length).toBeLessThanOrEqual(100_000);
        blocks.push(Buffer.from(block));
      }
      expect(Buffer.concat(blocks).equals(bytes.subarray(start, end))).toBe(true);
    }
  });

  test("on after a connection is reset, from the byte where it stopped", async () => {
    const bytes = pattern(3 * MIB);
    const path = await s3.put("cut", bytes);
    let cuts = 0;
    s3.proxy.decide = ({ method }) =>
      method === "GET" && cuts++ < 4 ? { cutAfter: 200_000 } : undefined;
    s3.proxy.seen.length = 0;
    expect((await s3.read(path)).equals(bytes)).toBe(true);
    const ranges = s3.proxy.seen.flatMap(({ range }) => range ?? []);
    expect(ranges).toContain(`bytes=0-${MIB - 1}`);
    // Not again from the start, however much of the first answer had arrived.
    expect(ranges.filter((range) => range.startsWith("bytes=0-"))).toHaveLength(1);
    expect(ranges.length).toBeGreaterThanOrEqual(6);
  });

  test("on after an answer ends too early without an error", async () => {
    const bytes = pattern(3 * MIB);
    const path = await s3.put("short", bytes);
    let ends = 0;
    s3.proxy.decide = ({ method }) =>
      method === "GET" && ends++ < 3 ? { endAfter: 300_000 } : undefined;
    expect((await s3.read(path)).equals(bytes)).toBe(true);
    expect(ends).toBeGreaterThan(3);
  });

  test("not on for ever when every connection is reset", async () => {
    const path = await s3.put("cut", pattern(1000));
    s3.proxy.decide = ({ method }) => (method === "GET" ? { cutAfter: 0 } : undefined);
    await expect(s3.read(path)).rejects.toThrow(coded("S3_UNREACHABLE"));
  });

  test("past throttling and failures of the server", async () => {
    const path = await s3.put("busy", pattern(2 * MIB));
    let calls = 0;
    s3.proxy.decide = () => {
      calls++;
      if (calls % 3 === 0) return undefined;
      return calls % 3 === 1
        ? { status: 503, code: "SlowDown" }
        : { status: 500, code: "InternalError" };
    };
    expect((await s3.read(path)).length).toBe(2 * MIB);
  });

  test("one version, and says so when the object is replaced", async () => {
    const path = await s3.put("replaced", pattern(3 * MIB));
    const { version } = await s3.info(path);
    await s3.put("replaced", Buffer.alloc(3 * MIB, 7));
    await expect(s3.read(path, { version })).rejects.toThrow(coded("FILE_CHANGED", /replaced/));
  });

  test("one version, also when the object is replaced in the middle of it", async () => {
    const path = await s3.put("replaced", pattern(12 * MIB));
    const blocks = s3.files.read(path, { start: 0, end: 12 * MIB })[Symbol.asyncIterator]();
    await blocks.next();
    await s3.put("replaced", Buffer.alloc(12 * MIB, 7));
    const rest = async () => {
      while ((await blocks.next()).done !== true);
    };
    await expect(rest()).rejects.toThrow(coded("FILE_CHANGED"));
  });

  test("and says when the object is shorter than it was, or gone", async () => {
    const path = await s3.put("short", "12345");
    const range = { start: 0, end: 10 };
    const all = async (at: string, r = range) => {
      for await (const _ of s3.files.read(at, r));
    };
    await expect(all(path)).rejects.toThrow(coded("FILE_SHRANK"));
    await expect(all(path, { start: 8, end: 10 })).rejects.toThrow(coded("FILE_SHRANK"));
    await expect(all(s3.path("gone"))).rejects.toThrow(coded("FILE_NOT_FOUND"));
  });

  test("no further when its signal is aborted", async () => {
    const path = await s3.put("long", pattern(9 * MIB));
    const controller = new AbortController();
    const reason = new Error("enough");
    const all = async () => {
      const options = { signal: controller.signal };
      for await (const _ of s3.files.read(path, { start: 0, end: 9 * MIB }, options)) {
        controller.abort(reason);
      }
    };
    await expect(all()).rejects.toBe(reason);
  });
});

describeS3("S3FileSystem writes", (s3) => {
  async function write(key: string, bytes: Buffer, step = 700_001): Promise<string> {
    const writer = await s3.files.create(s3.path(key));
    for (let i = 0; i < bytes.length; i += step) {
      const block = Buffer.from(bytes.subarray(i, i + step));
      await writer.write(block);
      // It may be used again from now on.
      block.fill(0);
    }
    await writer.close();
    return s3.path(key);
  }

  test("20 MB in parts, an empty file and exact parts, each shown only when closed", async () => {
    for (const size of [20_000_000, 0, 16 * MIB]) {
      const bytes = pattern(size);
      const writer = await s3.files.create(s3.path("out"));
      await writer.write(bytes);
      expect(await s3.files.stat(s3.path("out"))).toBeUndefined();
      await writer.close();
      expect((await s3.read(s3.path("out"))).equals(bytes)).toBe(true);
      await s3.files.delete(s3.path("out"));
    }
    const bytes = pattern(17 * MIB + 5);
    expect((await s3.read(await write("steps", bytes))).equals(bytes)).toBe(true);
  });

  test("nothing when aborted, not even parts that cost money", async () => {
    const writer = await s3.files.create(s3.path("out"));
    await writer.write(pattern(9 * MIB));
    await writer.abort();
    expect(await s3.files.stat(s3.path("out"))).toBeUndefined();
    expect(await s3.openUploads("out")).toBe(0);
    await expect((async () => writer.write(pattern(4)))()).rejects.toThrow(coded("FILE_CLOSED"));
  });

  test("past resets, throttling and failures", async () => {
    let calls = 0;
    s3.proxy.decide = ({ method }) => {
      if (method !== "PUT" && method !== "POST") return undefined;
      calls++;
      if (calls % 4 === 1) return { status: 503, code: "SlowDown" };
      return calls % 4 === 2 ? { loseAnswer: true } : undefined;
    };
    const bytes = pattern(18 * MIB);
    expect((await s3.read(await write("busy", bytes, 4 * MIB))).equals(bytes)).toBe(true);
  });

  test("once, when the answer to its completion is lost", async () => {
    let lost = 0;
    s3.proxy.decide = ({ method, url }) =>
      method === "POST" && url.includes("uploadId=") && lost++ === 0
        ? { loseAnswer: true }
        : undefined;
    const bytes = pattern(9 * MIB);
    expect((await s3.read(await write("once", bytes))).equals(bytes)).toBe(true);
    expect(lost).toBeGreaterThan(1);
  });

  test("past a completion that fails in an answer that began as a success", async () => {
    let failures = 0;
    s3.proxy.decide = ({ method, url }) =>
      method === "POST" && url.includes("uploadId=") && failures++ === 0
        ? { status: 200, code: "InternalError" }
        : undefined;
    const bytes = pattern(9 * MIB);
    expect((await s3.read(await write("late", bytes))).equals(bytes)).toBe(true);
    expect(failures).toBeGreaterThan(1);
  });

  test("nothing when a part fails for good", async () => {
    const open = await s3.open({ maxAttempts: 2 });
    s3.proxy.decide = ({ method, url }) =>
      method === "PUT" && url.includes("partNumber=2")
        ? { status: 500, code: "InternalError" }
        : undefined;
    const writer = await open.create(s3.path("broken"));
    const all = async () => {
      await writer.write(pattern(17 * MIB));
      await writer.close();
    };
    await expect(all()).rejects.toThrow(coded("S3_FAILED"));
    await writer.abort();
    expect(await s3.openUploads("broken")).toBe(0);
    expect(await s3.files.stat(s3.path("broken"))).toBeUndefined();
  });
});

describeS3("S3FileSystem moves", (s3) => {
  test("small and large files, which show only when completed", async () => {
    for (const size of [0, 5, 9 * MIB, 70 * MIB]) {
      const bytes = pattern(size);
      const from = await s3.put(".temp/a ü+b", bytes);
      const move = await s3.files.prepareMove(await s3.info(from), s3.path("out/x y"));
      expect(await s3.match("out/*")).toEqual([]);
      await move.complete();
      expect((await s3.read(s3.path("out/x y"))).equals(bytes)).toBe(true);
      await s3.files.deleteFolder(s3.path("out"));
    }
  });

  test("nothing when abandoned", async () => {
    const from = await s3.put(".temp/a", pattern(9 * MIB));
    const move = await s3.files.prepareMove(await s3.info(from), s3.path("out"));
    expect(await s3.openUploads("out")).toBe(1);
    await move.abandon();
    expect(await s3.openUploads("out")).toBe(0);
    expect(await s3.match("*")).toEqual([]);
  });
});

describeS3("S3FileSystem deletes", (s3) => {
  test("a folder with more keys than one request takes, and nothing beside it", async () => {
    const { client, bucket } = s3;
    const keys = Array.from({ length: 1100 }, (_, i) => `tmp/${i}`);
    await inParallel(keys, 32, (Key) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "" })),
    );
    await s3.put("tmp2/keep");
    await s3.files.deleteFolder(s3.path("tmp"));
    expect(await s3.match("**")).toEqual(["tmp2/keep"]);
    await s3.files.deleteFolder(s3.path("tmp"));
    await s3.files.delete(s3.path("never"));
  });
});

describeS3("S3FileSystem says before any work", (s3) => {
  test("that a bucket is missing", async () => {
    const path = "s3://beamline-no-such-bucket/key";
    await expect(s3.files.requireReadable(path)).rejects.toThrow(coded("NO_SUCH_BUCKET"));
    await expect(s3.files.requireWritable(path)).rejects.toThrow(
      coded("NO_SUCH_BUCKET", /Cannot write "s3:\/\/beamline-no-such-bucket\/key"/),
    );
  });

  test("that a file is missing, a folder, or empty and fine", async () => {
    await s3.put("folder/a");
    await s3.put("empty", "");
    await expect(s3.files.requireReadable(s3.path("gone"))).rejects.toThrow(
      coded("FILE_NOT_FOUND"),
    );
    for (const path of [s3.path("folder"), s3.path("folder/")]) {
      await expect(s3.files.requireReadable(path)).rejects.toThrow(coded("IS_A_DIRECTORY"));
    }
    await s3.files.requireReadable(s3.path("empty"));
  });

  test("that the secret is wrong, or the credentials are missing or unknown", async () => {
    const { accessKeyId } = s3.minio.credentials;
    for (const credentials of [
      { accessKeyId, secretAccessKey: "wrong-secret" },
      { accessKeyId: "nobody", secretAccessKey: "wrong-secret" },
    ]) {
      const files = await s3.open({ credentials });
      const refused = coded("CREDENTIALS_REFUSED");
      await expect(files.requireReadable(s3.path("a"))).rejects.toThrow(refused);
      await expect(files.requireWritable(s3.path("a"))).rejects.toThrow(refused);
      // Though the answer to a HEAD does not say why.
      await expect(files.stat(s3.path("a"))).rejects.toThrow(refused);
    }
    const none = await s3.open({
      credentials: () => Promise.reject(named("CredentialsProviderError", "Nothing found.")),
    });
    await expect(none.requireReadable(s3.path("a"))).rejects.toThrow(
      coded("NO_CREDENTIALS", /Nothing found/),
    );
  });

  test("that a role is not given out, and what has to be so that it is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "beamline-role-"));
    const token = join(folder, "token");
    writeFileSync(token, "of nobody");
    const { endpoint } = s3.minio;
    // As in a pod; the server is to check the token, and has no role of that name.
    const variables = {
      ...{ AWS_ROLE_ARN: "arn:minio:iam:::role/nobody", AWS_WEB_IDENTITY_TOKEN_FILE: token },
      ...{ AWS_ENDPOINT_URL_STS: endpoint, AWS_REGION: "us-east-1" },
      // And no other credentials.
      ...{ AWS_ACCESS_KEY_ID: undefined, AWS_PROFILE: undefined },
      ...{ AWS_CONFIG_FILE: join(folder, "a"), AWS_SHARED_CREDENTIALS_FILE: join(folder, "b") },
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    try {
      const files = await openS3({ endpoint });
      const refused = coded(
        "ROLE_REFUSED",
        /: STS gives out no credentials for the role \(.*role\/nobody.*\); check AWS_ROLE_ARN.* trust policy/,
      );
      await expect(files.requireReadable(s3.path("a"))).rejects.toThrow(refused);
      await expect(files.requireWritable(s3.path("a"))).rejects.toThrow(refused);
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    }
  });

  test("that a prefix is denied, with each permission that is missing", async () => {
    await s3.put("open/a");
    await s3.put("closed/a");
    await allowAnyone(s3, ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "open/*");
    const anyone = await s3.open({ signer: { sign: async (request) => request } });
    await anyone.requireReadable(s3.path("open/a"));
    await expect(anyone.requireReadable(s3.path("closed/a"))).rejects.toThrow(
      coded("PERMISSION_DENIED", /s3:GetObject on arn:aws:s3:::test-\w+\/closed\/a/),
    );
    await expect(anyone.requireWritable(s3.path("open/out"))).rejects.toThrow(
      coded("PERMISSION_DENIED", /denied for s3:ListBucket;/),
    );
    await expect(anyone.requireWritable(s3.path("closed/out"))).rejects.toThrow(
      coded(
        "PERMISSION_DENIED",
        /denied for s3:DeleteObject, s3:GetObject, s3:ListBucket, s3:PutObject;/,
      ),
    );
    const list = async () => {
      for await (const _ of anyone.match(s3.path("closed/*")));
    };
    await expect(list()).rejects.toThrow(coded("PERMISSION_DENIED", /s3:ListBucket on arn/));
  });

  test("that nothing answers at the endpoint", async () => {
    const files = await s3.open({ endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
    await expect(files.requireReadable(s3.path("a"))).rejects.toThrow(coded("S3_UNREACHABLE"));
  });

  test("nothing where all is well, and leaves nothing behind", async () => {
    await s3.files.requireWritable(s3.path("out/part"));
    expect(await s3.match("**")).toEqual([]);
    expect(await s3.match("out/.beamline*")).toEqual([]);
  });

  test("only once for each folder of many files", async () => {
    await s3.put("a/2");
    const files = ["a/1", "a/2", "b/1"].map((key) => ({
      path: s3.path(key),
      size: 1,
      modified: 0,
    }));
    expect(await s3.files.unreadable(files)).toEqual([
      coded("FILE_NOT_FOUND", new RegExp(`Cannot read "${s3.path("b/1")}"`)),
    ]);
  });
});

async function allowAnyone(s3: S3Suite, actions: readonly string[], keys: string): Promise<void> {
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: actions,
        Resource: `arn:aws:s3:::${s3.bucket}/${keys}`,
      },
    ],
  });
  await s3.client.send(new PutBucketPolicyCommand({ Bucket: s3.bucket, Policy }));
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
