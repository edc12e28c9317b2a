import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProcessContext } from "../../fn/context.js";
import type { OffsetRange } from "../../fn/offset-range.js";
import { joinedFiles } from "../filesystem/input-file.js";
import { type Compression, ReadLines, type TextFile } from "./read-lines.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-lines-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

type Lines = ReadLines<string>;

function put(name: string, content: Uint8Array | string): TextFile {
  const path = join(folder, name);
  writeFileSync(path, content);
  const size = Buffer.byteLength(content);
  return { path, size, total: size };
}

function reader(blockSize?: number, compression: Compression = "auto"): Lines {
  const toElement = (line: string) => line;
  return new ReadLines({
    compression,
    toElement,
    ...(blockSize === undefined ? {} : { blockSize }),
  });
}

/** What the file's lines are, by the book: byte by byte over the whole of it. */
function naive(content: Uint8Array): string[] {
  const lines: string[] = [];
  const text = Buffer.from(content);
  const marked = text.length >= 3 && text.readUIntBE(0, 3) === 0xefbbbf;
  let start = marked ? 3 : 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] !== 10) continue;
    const end = i > start && text[i - 1] === 13 ? i - 1 : i;
    lines.push(text.toString("utf8", start, end));
    start = i + 1;
  }
  if (start < text.length) lines.push(text.toString("utf8", start));
  return lines;
}

/** Reads a range, and what `steal` makes the runner take away while it is read. */
async function readRange(
  fn: Lines,
  file: TextFile,
  range: OffsetRange,
  steal: () => number | undefined = () => undefined,
): Promise<string[]> {
  const lines: string[] = [];
  const residuals: OffsetRange[] = [];
  const tracker = fn.newTracker(range);
  const trySteal = () => {
    const fraction = steal();
    const split = fraction === undefined ? undefined : tracker.trySplit(fraction);
    if (split !== undefined) residuals.push(split.residual);
  };
  const ctx: Pick<ProcessContext<string>, "output" | "ready" | "signal"> = {
    output: (line) => {
      lines.push(line);
      trySteal();
    },
    ready: () => {
      trySteal();
      return undefined;
    },
    signal: new AbortController().signal,
  };
  await fn.process(file, tracker, ctx as ProcessContext<string>);
  tracker.checkDone();
  for (const residual of residuals) lines.push(...(await readRange(fn, file, residual, steal)));
  return lines;
}

async function readWhole(file: TextFile, blockSize?: number): Promise<string[]> {
  const fn = reader(blockSize);
  const lines: string[] = [];
  const ranges = fn.split(file, fn.initialRestriction(file), { parallelism: 1 });
  for (const range of ranges) lines.push(...(await readRange(fn, file, range)));
  return lines;
}

/** Every way to cut [0, size) at one point, and at every point at once. */
async function readCut(file: TextFile, blockSize?: number): Promise<string[][]> {
  const { size } = file;
  const fn = reader(blockSize);
  const results: string[][] = [];
  for (let cut = 1; cut < size; cut++) {
    results.push([
      ...(await readRange(fn, file, [0, cut])),
      ...(await readRange(fn, file, [cut, size])),
    ]);
  }
  const single: string[] = [];
  for (let at = 0; at < size; at++) single.push(...(await readRange(fn, file, [at, at + 1])));
  results.push(single);
  return results;
}

const BOM = "\ufeff";

describe("ReadLines reads", () => {
  test.each<[string, string | Uint8Array, string[]]>([
    ["an empty file", "", []],
    ["one newline", "\n", [""]],
    ["LF", "a\nb\n", ["a", "b"]],
    ["CRLF", "a\r\nb\r\n\r\n", ["a", "b", ""]],
    ["a last line without newline", "a\nb", ["a", "b"]],
    ["a lone CR as part of the line", "a\rb\nc\r", ["a\rb", "c\r"]],
    ["two CRs before LF", "a\r\r\n", ["a\r"]],
    ["empty lines", "\n\n\na\n\n", ["", "", "", "a", ""]],
    ["a byte order mark", `${BOM}a\nb\n`, ["a", "b"]],
    ["a byte order mark and nothing", BOM, []],
    ["a byte order mark and an empty line", `${BOM}\r\na`, ["", "a"]],
    ["a byte order mark further on", `a\n${BOM}b\n`, ["a", `${BOM}b`]],
    ["characters of two to four bytes", "ä€😀\nß😀€\r\nü", ["ä€😀", "ß😀€", "ü"]],
    [
      "bytes that are not UTF-8",
      Buffer.from("a\xff\n\xc3\n\xe2\x82\nz", "latin1"),
      ["a\ufffd", "\ufffd", "\ufffd", "z"],
    ],
    ["NUL bytes", "a\0b\n\0\n", ["a\0b", "\0"]],
  ])("%s, wherever it is cut and in blocks of any size", async (name, content, lines) => {
    const file = put(`${name}.txt`, content);
    expect(naive(Buffer.from(content))).toEqual(lines);
    for (const blockSize of [1, 2, 3, 5, undefined]) {
      expect(await readWhole(file, blockSize)).toEqual(lines);
      for (const cut of await readCut(file, blockSize)) expect(cut).toEqual(lines);
    }
  });

  test("a line that is longer than its range and than a block", async () => {
    const long = "é".repeat(3_000_000);
    const file = put("long.txt", `short\n${long}\nend`);
    expect(await readWhole(file)).toEqual(["short", long, "end"]);
    const fn = reader();
    expect(await readRange(fn, file, [0, 6])).toEqual(["short"]);
    expect(await readRange(fn, file, [6, 7])).toEqual([long]);
    expect(await readRange(fn, file, [7, 3_000_000])).toEqual([]);
    expect(await readRange(fn, file, [3_000_000, file.size])).toEqual(["end"]);
  });

  test("the same lines from random text, however it is cut, blocked and stolen from", async () => {
    const random = randomFrom(20_241_122);
    const below = (n: number) => Math.floor(random() * n);
    const pieces = [
      "\n",
      "\n",
      "\r\n",
      "\r",
      "a",
      "word ",
      "ä",
      "€",
      "😀",
      BOM,
      "\xff",
      "x".repeat(40),
    ];
    for (let round = 0; round < 300; round++) {
      const parts = Array.from({ length: below(60) }, () => pieces[below(pieces.length)] ?? "");
      const content = Buffer.concat(
        parts.map((part) => Buffer.from(part, part === "\xff" ? "latin1" : "utf8")),
      );
      const file = put("random.txt", content);
      const cuts = Array.from({ length: below(5) }, () => below(content.length + 1));
      const points = [...new Set([0, ...cuts, content.length])].sort((a, b) => a - b);
      const fn = reader(1 + below(50));
      const lines: string[] = [];
      for (const [i, start] of points.slice(0, -1).entries()) {
        const range: OffsetRange = [start, points[i + 1] ?? start];
        const steal = () => (random() < 0.3 ? random() : undefined);
        lines.push(...(await readRange(fn, file, range, steal)));
      }
      expect(lines.toSorted(), `round ${round}`).toEqual(naive(content).toSorted());
    }
  });

  test("more lines than it emits in one go", async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i}`);
    expect(await readWhole(put("many.txt", lines.join("\n")))).toEqual(lines);
  });
});

describe("ReadLines reads joined files", () => {
  function joining(files: readonly TextFile[]): Pick<TextFile, "joined"> {
    const joined = joinedFiles(files);
    return joined === undefined ? {} : { joined };
  }

  test("each to its own end, wherever they are cut and stolen from", async () => {
    const random = randomFrom(7);
    const below = (n: number) => Math.floor(random() * n);
    const contents = ["a\nb", "", `${BOM}c\r\n`, "\n", "no newline", "", "d\n\ne\n"];
    for (let round = 0; round < 200; round++) {
      const order = contents.toSorted(() => random() - 0.5);
      const [first, ...rest] = order.map((content, i) => put(`joined-${i}.txt`, content));
      if (first === undefined) throw new Error("There are files");
      const file: TextFile = { ...first, ...joining(rest) };
      const size = order.reduce((sum, content) => sum + Buffer.byteLength(content), 0);
      expect(reader().initialRestriction(file)).toEqual([0, size]);
      const points = [...new Set([0, below(size), below(size), size])].sort((a, b) => a - b);
      const fn = reader(1 + below(4));
      const lines: string[] = [];
      for (const [i, start] of points.slice(0, -1).entries()) {
        const steal = () => (random() < 0.3 ? random() : undefined);
        lines.push(...(await readRange(fn, file, [start, points[i + 1] ?? size], steal)));
      }
      const expected = order.flatMap((content) => naive(Buffer.from(content)));
      expect(lines.toSorted(), `round ${round}`).toEqual(expected.toSorted());
    }
  });

  test("with the path of each beside its lines", async () => {
    const [a, b] = [put("a.txt", "1\n2\n"), put("b.txt", "3")];
    const toElement = (line: string, path: string) => `${path}: ${line}`;
    const fn = new ReadLines({ compression: "auto", toElement });
    const lines = await readRange(fn, { ...a, ...joining([b]) }, [0, 5]);
    expect(lines).toEqual([`${a.path}: 1`, `${a.path}: 2`, `${b.path}: 3`]);
  });
});

describe("ReadLines splits", () => {
  const MIB = 1 << 20;
  const ranges = (size: number, total: number, parallelism: number) => {
    const file: TextFile = { path: "big.txt", size, total };
    const fn = reader();
    return [...fn.split(file, fn.initialRestriction(file), { parallelism })];
  };

  test("a file into several ranges for each worker, of 1 to 32 MiB", () => {
    const sizes = (parts: OffsetRange[]) => parts.map(([start, end]) => end - start);
    expect(ranges(160 * MIB, 160 * MIB, 2).length).toBeGreaterThanOrEqual(16);
    expect(ranges(MIB / 2, MIB / 2, 8)).toEqual([[0, MIB / 2]]);
    expect(Math.min(...sizes(ranges(20 * MIB + 7, 20 * MIB + 7, 100)))).toBeGreaterThanOrEqual(MIB);
    expect(Math.max(...sizes(ranges(1e10, 1e10, 1)))).toBeLessThanOrEqual(32 * MIB);
    expect(ranges(0, 100, 4)).toEqual([]);
  });

  test("many files no further than all of them need", () => {
    expect(ranges(10 * MIB, 10_000 * MIB, 2)).toEqual([[0, 10 * MIB]]);
  });

  test("no compressed file, and knows its size all the same", () => {
    const file: TextFile = { path: "big.txt.GZ", size: 1e9, total: 1e9 };
    const fn = reader();
    const [range, more] = fn.split(file, fn.initialRestriction(file), { parallelism: 8 });
    expect(more).toBeUndefined();
    expect(range && fn.size(file, range)).toBe(1e9);
    expect(range && fn.newTracker(range).trySplit(0.5)).toBeUndefined();
    expect(fn.size({ path: "a.txt", size: 10, total: 10 }, [2, 9])).toBe(7);
  });
});

describe("ReadLines unpacks gzip", () => {
  const text = Array.from({ length: 50_000 }, (_, i) => `line ${i} ä€😀\r\n`).join("");

  test("by the ending of its name, in blocks of any size", async () => {
    const file = put("a.gz", gzipSync(text));
    for (const blockSize of [100, undefined]) {
      expect(await readWhole(file, blockSize)).toEqual(naive(Buffer.from(text)));
    }
  });

  test("of several members", async () => {
    const packed = [text.slice(0, 1000), "", text.slice(1000)].map((part) => gzipSync(part));
    const file = put("members.gz", Buffer.concat(packed));
    expect(await readWhole(file, 1000)).toEqual(naive(Buffer.from(text)));
  });

  test("whatever its name when asked, and not when told so", async () => {
    const packed = put("packed", gzipSync("a\nb"));
    expect(await readRange(reader(undefined, "gzip"), packed, [0, 1])).toEqual(["a", "b"]);
    const plain = put("plain.gz", "a\nb");
    expect(await readRange(reader(undefined, "none"), plain, [0, 3])).toEqual(["a", "b"]);
  });

  test("of nothing", async () => {
    expect(await readWhole(put("empty.gz", ""))).toEqual([]);
    expect(await readWhole(put("packed-empty.gz", gzipSync("")))).toEqual([]);
  });

  test("or says where it is cut off", async () => {
    const packed = gzipSync(text);
    const file = put("cut.gz", packed.subarray(0, 100_000));
    await expect(readWhole(file, 5000)).rejects.toMatchObject({
      code: "BAD_GZIP",
      message: expect.stringMatching(
        /^Cannot unpack ".*cut\.gz": it is cut off after byte 100000;/,
      ),
    });
  });

  test("or says where it is damaged", async () => {
    const packed = gzipSync(text);
    packed.fill(0xaa, 50_000, 50_200);
    await expect(readWhole(put("bad.gz", packed), 5000)).rejects.toMatchObject({
      code: "BAD_GZIP",
      message: expect.stringMatching(/^Cannot unpack ".*bad\.gz": it is damaged .* near byte \d+;/),
    });
    await expect(readWhole(put("none.gz", "plain text\n"))).rejects.toMatchObject({
      code: "BAD_GZIP",
      message: expect.stringMatching(/no gzip file/),
    });
  });

  test("or says that the file has shrunk", async () => {
    const packed = gzipSync(text);
    const { path } = put("shrunk.gz", packed.subarray(0, 1000));
    const file: TextFile = { path, size: packed.length, total: packed.length };
    await expect(readWhole(file)).rejects.toMatchObject({ code: "FILE_SHRANK" });
  });
});

describe("ReadLines says", () => {
  test("that a file is packed, where its name does not say so", async () => {
    await expect(readWhole(put("secret.txt", gzipSync("a\n")))).rejects.toMatchObject({
      code: "PACKED_INPUT",
    });
  });

  test("that a file has shrunk since it was listed", async () => {
    const { path } = put("shrunk.txt", "a\nb\n");
    await expect(readWhole({ path, size: 100, total: 100 })).rejects.toMatchObject({
      code: "FILE_SHRANK",
      message: expect.stringContaining(`"${path}"`),
    });
  });

  test("that a file has gone", async () => {
    const file: TextFile = { path: join(folder, "gone.txt"), size: 100, total: 100 };
    await expect(readWhole(file)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test("nothing of what was added since: that is for the next run", async () => {
    const { path } = put("grown.txt", "a\nb\nc\n");
    expect(await readWhole({ path, size: 4, total: 4 })).toEqual(["a", "b"]);
  });
});

/** Mulberry32: small, seeded, good enough for tests. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
