import { execFileSync, spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Codec } from "./codec.js";
import { codecOf, requireCompression, requirePlain } from "./codecs.js";
import { gzip } from "./gzip.js";
import { madeByZstd, zstdFile } from "./testdata/zstd-file.js";
import { zstd, zstdWith } from "./zstd.js";
import { packagesEngine } from "./zstd-engine.js";

/** Node's own engine where it has one, and the one of packages for where it has none. */
const codecs: readonly (readonly [string, Codec])[] = [
  ["gzip", gzip],
  ["zstd", zstd],
  ["zstd by packages", zstdWith(packagesEngine)],
];
const zstds = codecs.slice(1);
/** In CI it has to be there. */
const hasZstd = process.env.CI !== undefined || spawnSync("zstd", ["--version"]).status === 0;

/** Numbers in [0, 1), the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const NOISE = 2;

/** One byte again and again, some text, or noise. */
function randomBytes(random: () => number, length: number, kind = Math.floor(random() * 3)) {
  const one = Math.floor(random() * 256);
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      if (kind === 0) return one;
      return kind === 1 ? 97 + Math.floor(random() * 4) : Math.floor(random() * 256);
    }),
  );
}

/** In blocks of random sizes, in memory that is used again as that of a file system is. */
async function* inBlocks(bytes: Buffer, random: () => number, longest: number) {
  const memory = Buffer.alloc(longest);
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(1 + Math.floor(random() * longest), bytes.length - at);
    bytes.copy(memory, 0, at, at + length);
    yield memory.subarray(0, length);
    memory.fill(0xaa);
    at += length;
  }
}

async function unpack(codec: Codec, packed: Buffer, longest = 1 << 16): Promise<Buffer> {
  const random = randomOf(packed.length);
  const blocks: Buffer[] = [];
  for await (const block of codec.unpack("file", inBlocks(packed, random, longest))) {
    blocks.push(Buffer.from(block));
  }
  return Buffer.concat(blocks);
}

describe.each(codecs)("%s", (_name, codec) => {
  test("unpacks any number of members, cut into any blocks", async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomOf(seed);
      const parts = Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
        randomBytes(random, Math.floor(random() ** 6 * 400_000)),
      );
      const packed = Buffer.concat(await Promise.all(parts.map((part) => codec.pack(part))));
      const unpacked = await unpack(codec, packed, 1 + Math.floor(random() ** 3 * 100_000));
      expect(unpacked.equals(Buffer.concat(parts)), `seed ${seed}`).toBe(true);
    }
  });

  test("says where a file is cut off, wherever that is", async () => {
    const part = randomBytes(randomOf(7), 3000);
    const packed = Buffer.concat([await codec.pack(part), await codec.pack(part)]);
    const whole = packed.length / 2;
    for (let length = 1; length < packed.length; length += 7) {
      const cut = packed.subarray(0, length);
      // Between two members nothing is missing that could be known.
      if (length === whole) continue;
      await expect(unpack(codec, cut), `${length}`).rejects.toMatchObject({
        code: expect.stringMatching(/^BAD_(GZIP|ZSTD)$/),
        message: expect.stringMatching(
          new RegExp(`Cannot unpack "file": it is cut off after byte ${length}; .*`),
        ),
      });
    }
  });

  test("never passes damaged bytes off as whole", async () => {
    const random = randomOf(3);
    const part = madeByZstd(randomOf(5));
    const plain = Buffer.concat([part, part]);
    const sealed = codec.name === "zstd" ? zstdFile : gzipSync(part);
    const packed = Buffer.concat([sealed, sealed]);
    for (let i = 0; i < 60; i++) {
      const damaged = Buffer.from(packed);
      const at = Math.floor(random() * damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      const result = await unpack(codec, damaged).catch((error: unknown) => error);
      if (Buffer.isBuffer(result)) expect(result.equals(plain), `byte ${at}`).toBe(true);
      else expect(result).toMatchObject({ code: expect.stringMatching(/^BAD_(GZIP|ZSTD)$/) });
    }
  });

  test("passes on what goes wrong in the source, and closes it", async () => {
    const packed = Buffer.from(await codec.pack(randomBytes(randomOf(4), 1 << 20, NOISE)));
    let closed = 0;
    async function* failing() {
      try {
        yield packed.subarray(0, packed.length - 9);
        throw new Error("the disk is gone");
      } finally {
        closed++;
      }
    }
    const read = async () => {
      for await (const block of codec.unpack("file", failing())) expect(block.length).not.toBe(0);
    };
    await expect(read()).rejects.toThrow("the disk is gone");
    for await (const block of codec.unpack("file", failing())) {
      expect(block.length).not.toBe(0);
      break;
    }
    expect(closed).toBe(2);
  });

  test("says that a file is not packed", async () => {
    await expect(unpack(codec, Buffer.from("a,b\n1,2\n"))).rejects.toMatchObject({
      message: expect.stringMatching(/no (gzip|zstd) file .*\{ compression: "none" \}/),
    });
  });
});

describe.each(zstds)("%s", (_name, codec) => {
  const content = madeByZstd(randomOf(5));

  test("reads what the zstd command has made, frames without data and all", async () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const file = Buffer.concat([skippable, zstdFile, skippable, skippable, zstdFile]);
    expect(await unpack(codec, file, 100)).toEqual(Buffer.concat([content, content]));
    expect(await unpack(codec, skippable)).toEqual(Buffer.alloc(0));
  });

  test("refuses a frame that needs a dictionary", async () => {
    const packed = Buffer.from(zstdFile);
    const descriptor = packed[4] ?? 0;
    const file = Buffer.concat([
      packed.subarray(0, 4),
      Buffer.from([descriptor | 1]),
      packed.subarray(5, 6),
      Buffer.from([7]),
      packed.subarray(6),
    ]);
    await expect(unpack(codec, file)).rejects.toMatchObject({
      code: "BAD_ZSTD",
      message: expect.stringContaining("dictionary"),
    });
  });
});

describe.runIf(hasZstd)("the zstd command", () => {
  test.each(zstds)("reads what %s writes, and the other way round", async (_name, codec) => {
    const content = randomBytes(randomOf(1), 700_000);
    const frames = [await codec.pack(content), await codec.pack(Buffer.alloc(0))];
    const read = execFileSync("zstd", ["-dcq"], { input: Buffer.concat(frames), maxBuffer: 1e7 });
    expect(read.equals(content)).toBe(true);
    for (const options of [["-1"], ["-19"], ["--ultra", "-22"], ["--long=27"], ["--no-check"]]) {
      const packed = execFileSync("zstd", ["-qc", ...options], { input: content, maxBuffer: 1e7 });
      expect((await unpack(codec, packed)).equals(content)).toBe(true);
    }
  });
});

test("gzip reads what the gzip command writes, and the other way round", async () => {
  const content = randomBytes(randomOf(2), 700_000);
  const members = [await gzip.pack(content), await gzip.pack(Buffer.alloc(0))];
  const read = execFileSync("gzip", ["-dc"], { input: Buffer.concat(members), maxBuffer: 1e7 });
  expect(read.equals(content)).toBe(true);
  const packed = execFileSync("gzip", ["-c"], { input: content, maxBuffer: 1e7 });
  expect((await unpack(gzip, packed)).equals(content)).toBe(true);
});

test("codecOf goes by the name unless it is told", () => {
  const named = (path: string) => codecOf(path, "auto")?.name;
  expect(["a.gz", "a.csv.GZ", "a.bgz", "a.zst", "a.zstd"].map(named)).toEqual([
    "gzip",
    "gzip",
    "gzip",
    "zstd",
    "zstd",
  ]);
  expect(["a", "gz", "a.gz.txt", "a.zip"].map(named)).toEqual(new Array(4).fill(undefined));
  expect(codecOf("a.gz", "none")).toBeUndefined();
  expect(codecOf("a", "zstd")?.name).toBe("zstd");
});

test("requirePlain refuses what begins like a packed file", async () => {
  requirePlain("a", Buffer.from(""));
  requirePlain("a", Buffer.from([0x1f]));
  requirePlain("a", Buffer.from("{}"));
  for (const codec of [gzip, zstd]) {
    const packed = await codec.pack(Buffer.from("x"));
    expect(() => requirePlain("a.txt", packed)).toThrow(
      expect.objectContaining({
        code: "PACKED_INPUT",
        message: expect.stringContaining(`{ compression: "${codec.name}" }`),
      }),
    );
  }
});

test.each<[unknown, "read" | "write"]>([
  ["bzip2", "read"],
  [true, "read"],
  ["auto", "write"],
])("requireCompression refuses %j to %s", (value, use) => {
  expect(() => requireCompression("text.read", value, use)).toThrow(
    expect.objectContaining({ code: "BAD_COMPRESSION" }),
  );
});
