import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../testing/collect.js";
import { zstd } from "../compression/zstd.js";
import { text } from "./text.js";

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beamline-read-"));
  writeFileSync(join(folder, "a.txt"), "a1\na2");
  writeFileSync(join(folder, "b.txt"), "b1 ä€😀\r\n");
  writeFileSync(join(folder, "c.txt.gz"), gzipSync("c1\nc2\n"));
  writeFileSync(join(folder, "empty.txt"), "");
  writeFileSync(join(folder, "packed.d.zst"), await zstd.pack(Buffer.from("d1\nd2")));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("text.read", () => {
  test("reads all lines of the files that match", async () => {
    const lines = await collect((p) => p.apply(text.read(join(folder, "*"))));
    expect(lines.sort()).toEqual(["a1", "a2", "b1 ä€😀", "c1", "c2", "d1", "d2"]);
  });

  test("reads a list of files, each once", async () => {
    const input = [join(folder, "a.txt"), join(folder, "{a,empty}.txt")];
    const lines = await collect((p) => p.apply(text.read(input)));
    expect(lines.sort()).toEqual(["a1", "a2"]);
  });

  test("reads many small files together, packed ones and large ones by themselves", async () => {
    const many = join(folder, "many");
    mkdirSync(many);
    const lines: string[] = [];
    for (let i = 0; i < 300; i++) {
      const own = [`${i} first`, `${i} last`];
      lines.push(...own);
      const content = own.join("\n");
      if (i % 100 === 7) writeFileSync(join(many, `${i}.gz`), gzipSync(content));
      else writeFileSync(join(many, `${i}.txt`), content);
    }
    writeFileSync(join(many, "large.txt"), "x".repeat(100_000));
    const read = await collect((p) => p.apply(text.read(join(many, "*"))));
    expect(read.toSorted()).toEqual([...lines, "x".repeat(100_000)].sort());
    const found = await collect((p) => p.apply(text.readWithFile(join(many, "1*.txt"))));
    for (const [path, line] of found) expect(line.split(" ")[0]).toBe(basename(path, ".txt"));
  });

  test("reads a file of several megabytes in parts as it is", async () => {
    const lines = Array.from({ length: 300_000 }, (_, i) => `line ${i}`);
    const path = join(folder, "large.log");
    writeFileSync(path, lines.join("\n"));
    const read = await collect((p) => p.apply(text.read(path)));
    expect(read.toSorted()).toEqual(lines.toSorted());
  });

  test("goes by the name of a packed file, unless it is told", async () => {
    const path = join(folder, "packed.d.zst");
    const asText = collect((p) => p.apply(text.read(path, { compression: "none" })));
    await expect(asText).rejects.toMatchObject({
      code: "PACKED_INPUT",
      message: expect.stringContaining('{ compression: "zstd" }'),
    });
    const asGzip = collect((p) => p.apply(text.read(path, { compression: "gzip" })));
    await expect(asGzip).rejects.toMatchObject({ code: "BAD_GZIP" });
    expect(() => text.read(path, { compression: "zip" as "gzip" })).toThrow(
      expect.objectContaining({ code: "BAD_COMPRESSION" }),
    );
  });

  test("waits for steps below that are slower", async () => {
    const path = join(folder, "slow.log");
    writeFileSync(path, "x\n".repeat(30_000));
    const counted = await collect((p) =>
      p
        .apply(text.read(path))
        .mapAsync(async (line) => line.length)
        .sum(),
    );
    expect(counted).toEqual([30_000]);
  });

  test("reports what is missing before the pipeline starts", async () => {
    const pattern = join(folder, "*.none");
    await expect(text.read(pattern).hooks?.check?.()).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
    await expect(collect((p) => p.apply(text.read(pattern)))).rejects.toThrow(pattern);
    await text.read(join(folder, "a.txt")).hooks?.check?.();
  });

  test.each([[""], [[]], [["a", ""]]])("refuses %j as input", (input) => {
    expect(() => text.read(input)).toThrow(expect.objectContaining({ code: "NO_INPUT" }));
  });

  test("refuses a scheme that nobody serves as soon as it is named", () => {
    expect(() => text.read("gs://bucket/*")).toThrow(
      expect.objectContaining({ code: "UNKNOWN_SCHEME" }),
    );
  });
});

test("text.readWithFile puts the file before each line", async () => {
  const input = [join(folder, "a.txt"), join(folder, "c.txt.gz")];
  const lines = await collect((p) => p.apply(text.readWithFile(input)));
  expect(lines.sort()).toEqual([
    [input[0], "a1"],
    [input[0], "a2"],
    [input[1], "c1"],
    [input[1], "c2"],
  ]);
});
