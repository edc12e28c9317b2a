import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { collect } from "../../testing/collect.js";
import { codecOf } from "../compression/codecs.js";
import { commitShards, type ShardedOutput } from "./commit-shards.js";
import { ShardFile } from "./shard-file.js";
import { text } from "./text.js";
import type { WriteTextOptions } from "./write.js";

let folder = "";
let prefix = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-write-"));
  prefix = join(folder, "out");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeLines(lines: readonly string[], options?: WriteTextOptions): Promise<string[]> {
  return collect((p) => p.create(lines).apply(text.write(prefix, options)));
}

/** What is in the folder, hidden names included, by name. */
function contents(): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

describe("text.write", () => {
  test("writes one shard for a small job and returns its name", async () => {
    expect(await writeLines(["b", "a", "ä€😀"])).toEqual([`${prefix}-00000-of-00001`]);
    const { "out-00000-of-00001": content = "", ...others } = contents();
    expect(content.split("\n").sort()).toEqual(["", "a", "b", "ä€😀"]);
    expect(others).toEqual({});
  });

  test("writes one file of no lines", async () => {
    await writeLines([], { header: "h" });
    expect(contents()).toEqual({ "out-00000-of-00001": "h\n" });
    await writeLines([]);
    expect(contents()).toEqual({ "out-00000-of-00001": "" });
  });

  test("puts header and footer once into every file", async () => {
    const lines = Array.from({ length: 10 }, (_, i) => `${i}`);
    await writeLines(lines, { header: "h", footer: "f", suffix: ".txt" });
    const { "out-00000-of-00001.txt": content = "" } = contents();
    expect(content).toMatch(/^h\n(\d\n){10}f\n$/);
    await writeLines(lines, { header: "h", footer: "f", suffix: ".csv", shards: 3 });
    for (const shard of [0, 1, 2]) {
      expect(contents()[`out-0000${shard}-of-00003.csv`]).toMatch(/^h\n(\d\n)*f\n$/);
    }
  });

  test("writes exactly as many shards as asked, empty ones too", async () => {
    const names = await writeLines(["only"], { shards: 4, header: "h" });
    expect(names.sort()).toEqual([0, 1, 2, 3].map((n) => `${prefix}-0000${n}-of-00004`));
    const files = contents();
    expect(Object.keys(files)).toHaveLength(4);
    expect(Object.values(files).sort()).toEqual(["h\n", "h\n", "h\n", "h\nonly\n"]);
  });

  test("spreads the lines evenly over the shards it is asked for", async () => {
    writeFileSync(join(folder, "in"), "line\n".repeat(1000));
    await collect((p) =>
      p.apply(text.read(join(folder, "in"))).apply(text.write(prefix, { shards: 4 })),
    );
    const { in: _, ...shards } = contents();
    expect(Object.values(shards)).toEqual(new Array(4).fill("line\n".repeat(250)));
  });

  test("makes the folders above the prefix", async () => {
    prefix = join(folder, "x/y/out");
    await writeLines(["a"]);
    expect(readdirSync(join(folder, "x/y"))).toEqual(["out-00000-of-00001"]);
  });

  test("takes file:// URLs", async () => {
    const local = prefix;
    prefix = `file://${prefix}`;
    expect(await writeLines(["a"])).toEqual([`${local}-00000-of-00001`]);
    expect(contents()).toEqual({ "out-00000-of-00001": "a\n" });
  });

  test("leaves exactly its own output when it runs again, and foreign files alone", async () => {
    await writeLines(["a", "b", "c"], { shards: 5 });
    for (const name of ["out-notes", "out-00000-of-00009.bak", "outer-00000-of-00001"]) {
      writeFileSync(join(folder, name), "mine");
    }
    await writeLines(["new"]);
    expect(contents()).toEqual({
      "out-00000-of-00001": "new\n",
      "out-00000-of-00009.bak": "mine",
      "out-notes": "mine",
      "outer-00000-of-00001": "mine",
    });
  });

  test("works with a prefix full of special characters", async () => {
    prefix = join(folder, "o[u]t {a,b}*?");
    await writeLines(["old", "old"], { shards: 3 });
    await writeLines(["new"]);
    expect(contents()).toEqual({ "o[u]t {a,b}*?-00000-of-00001": "new\n" });
  });

  test("writes what text.read reads", async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `line ${i} ä€😀`);
    writeFileSync(join(folder, "in.txt"), lines.join("\r\n"));
    const input = join(folder, "in.txt");
    await collect((p) => p.apply(text.read(input)).apply(text.write(prefix)));
    const read = await collect((p) => p.apply(text.read(`${prefix}-*-of-*`)));
    expect(read.toSorted()).toEqual(lines.toSorted());
  });

  test("lets two outputs of one pipeline share a prefix with different suffixes", async () => {
    await collect((p) => {
      const lines = p.create(["a"]);
      lines.apply("Text", text.write(prefix, { suffix: ".txt" }));
      return lines.apply("Csv", text.write(prefix, { suffix: ".csv", shards: 1 }));
    });
    expect(contents()).toEqual({
      "out-00000-of-00001.csv": "a\n",
      "out-00000-of-00001.txt": "a\n",
    });
  });
});

describe.each([
  ["gzip", ".gz"],
  ["zstd", ".zst"],
] as const)("text.write with %s", (compression, ending) => {
  async function unpacked(name: string): Promise<string> {
    const path = join(folder, name);
    const codec = codecOf(path, "auto");
    const blocks: Buffer[] = [];
    async function* content() {
      yield readFileSync(path);
    }
    for await (const block of codec?.unpack(path, content()) ?? []) blocks.push(Buffer.from(block));
    return Buffer.concat(blocks).toString();
  }

  test("packs shards, joined and empty ones too, with header and footer", async () => {
    const suffix = `.txt${ending}`;
    await writeLines(["a", "b"], { compression, suffix: ".txt", header: "h", footer: "f" });
    expect(await unpacked(`out-00000-of-00001${suffix}`)).toMatch(/^h\n(a\nb|b\na)\nf\n$/);
    await writeLines(["a"], { compression, suffix, shards: 2, header: "h", footer: "f" });
    const [first, second] = [0, 1].map((n) => unpacked(`out-0000${n}-of-00002${suffix}`));
    expect([await first, await second].sort()).toEqual(["h\na\nf\n", "h\nf\n"]);
    expect(Object.keys(contents())).toHaveLength(2);
  });

  test("writes packed files of nothing that can be unpacked", async () => {
    await writeLines([], { compression });
    await writeLines([], { compression, shards: 2, suffix: ".txt" });
    const names = readdirSync(folder);
    expect(names).toHaveLength(3);
    for (const name of names) {
      expect(readFileSync(join(folder, name)).length).toBeGreaterThan(0);
      expect(await unpacked(name)).toBe("");
    }
  });

  test("writes lines of several blocks as they are", async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `line ${i} ä€😀`);
    writeFileSync(join(folder, "in.txt"), lines.join("\n"));
    const input = join(folder, "in.txt");
    const names = await collect((p) =>
      p.apply(text.read(input)).apply(text.write(prefix, { compression })),
    );
    const parts = await Promise.all(names.map((name) => unpacked(basename(name))));
    expect(parts.join("").trimEnd().split("\n").toSorted()).toEqual(lines.toSorted());
  });
});

describe("text.write, when the run fails,", () => {
  class FailAt extends DoFn<string, string> {
    override process(line: string, ctx: ProcessContext<string>): void {
      if (line === "bad") throw new Error("a bad line");
      ctx.output(line);
    }
  }

  test.each([{}, { shards: 2 }])(
    "keeps the earlier output and leaves nothing else (%j)",
    async (options) => {
      await writeLines(["old"]);
      const input = join(folder, "in.txt");
      writeFileSync(input, `${"good\n".repeat(100_000)}bad\n`);
      const run = collect((p) =>
        p
          .apply(text.read(input))
          .parDo(() => new FailAt())
          .apply(text.write(prefix, options)),
      );
      await expect(run).rejects.toThrow("a bad line");
      rmSync(input);
      expect(contents()).toEqual({ "out-00000-of-00001": "old\n" });
    },
  );

  test.each([{}, { shards: 2 }])("or is cancelled, too (%j)", async (options) => {
    await writeLines(["old"]);
    const input = join(folder, "in.txt");
    writeFileSync(input, "0123456789\n".repeat(300_000));
    for (const after of [0, 1, 200_000, 299_999]) {
      const controller = new AbortController();
      let seen = 0;
      const run = collect(
        (p) =>
          p
            .apply(text.read(input))
            .filter(() => {
              if (seen++ === after) controller.abort();
              return true;
            })
            .apply(text.write(prefix, options)),
        { signal: controller.signal },
      );
      await expect(run).rejects.toMatchObject({ code: "CANCELLED" });
      const { "in.txt": _, ...rest } = contents();
      expect(rest).toEqual({ "out-00000-of-00001": "old\n" });
    }
  });

  test.each([{}, { shards: 2 }])(
    "names the transform and the element that is no line (%j)",
    async (options) => {
      const lines: readonly unknown[] = [null, 2];
      await expect(writeLines(lines as string[], options)).rejects.toMatchObject({
        code: "NOT_A_STRING",
        message: expect.stringMatching(
          /text\.write\/(Write|Deal).*it is (null|number), not a str/s,
        ),
      });
      expect(contents()).toEqual({});
    },
  );
});

describe("text.write's hooks", () => {
  test("check refuses what can't be written, and leaves nothing behind", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    await expect(text.write(join(file, "out")).hooks?.check?.()).rejects.toMatchObject({
      code: "NOT_A_DIRECTORY",
    });
    await expect(text.write(folder).hooks?.check?.()).rejects.toMatchObject({
      code: "IS_A_DIRECTORY",
    });
    await text.write(join(folder, "x/y/out")).hooks?.check?.();
    expect(Object.keys(contents())).toEqual(["file"]);
  });

  test("prepare and abandon remove the temporary folder and nothing else", async () => {
    const { hooks } = text.write(prefix);
    for (const remove of [hooks?.prepare, hooks?.abandon]) {
      const stale = join(folder, ".beamline-temp-out");
      mkdirSync(stale);
      writeFileSync(join(stale, "half"), "");
      writeFileSync(`${prefix}-00000-of-00001`, "old");
      await remove?.();
      await remove?.();
      expect(contents()).toEqual({ "out-00000-of-00001": "old" });
    }
  });
});

describe("text.write refuses", () => {
  test.each<[string, WriteTextOptions, string]>([
    ["", {}, "NO_OUTPUT"],
    ["file://", {}, "NO_OUTPUT"],
    ["out/", {}, "OUTPUT_IS_A_DIRECTORY"],
    ["gs://bucket/out", {}, "UNKNOWN_SCHEME"],
    ["out", { shards: 0 }, "BAD_SHARDS"],
    ["out", { shards: 1.5 }, "BAD_SHARDS"],
    ["out", { shards: Number.NaN }, "BAD_SHARDS"],
    ["out", { suffix: "/a" }, "BAD_SUFFIX"],
    ["out", { suffix: ".txt.gz" }, "BAD_SUFFIX"],
    ["out", { suffix: ".zst", compression: "gzip" }, "BAD_SUFFIX"],
    ["out", { compression: "auto" as "gzip" }, "BAD_COMPRESSION"],
  ])("%j with %j at once: %s", (given, options, code) => {
    expect(() => text.write(given, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^Cannot .*: .*; .*/) }),
    );
  });
});

describe("ShardFile", () => {
  const format = () => ({
    folder: join(folder, "t"),
    header: Buffer.alloc(0),
    footer: Buffer.alloc(0),
  });

  test("leaves nothing when it is aborted, whatever is under way", async () => {
    const file = new ShardFile(format());
    const adding = file.add("x".repeat(1 << 20));
    const aborting = file.abort();
    await Promise.allSettled([adding, aborting]);
    expect(readdirSync(join(folder, "t"))).toEqual([]);
    await expect(file.finish()).rejects.toMatchObject({
      code: expect.stringMatching(/CANCELLED|FILE_CLOSED/),
    });
    expect(readdirSync(join(folder, "t"))).toEqual([]);
  });

  test("stays when it is finished", async () => {
    const file = new ShardFile(format());
    const { path } = await file.finish();
    await file.abort();
    expect(existsSync(path)).toBe(true);
  });
});

describe("commitShards", () => {
  const signal = new AbortController().signal;
  const lineOf = (line: string) => Buffer.from(`${line}\n`);

  function output(): ShardedOutput {
    const temporary = join(folder, ".beamline-temp-out");
    return {
      prefix,
      suffix: "",
      format: { folder: temporary, header: lineOf("h"), footer: lineOf("f") },
    };
  }

  async function temporaryFile(line: string) {
    const file = new ShardFile(output().format);
    await file.add(line);
    return file.finish();
  }

  async function someShards() {
    const [a, b, c] = [
      await temporaryFile("a"),
      await temporaryFile("b"),
      await temporaryFile("c"),
    ];
    return [[a], [b, c], []];
  }

  const expected = {
    "out-00000-of-00003": "h\na\nf\n",
    "out-00001-of-00003": "h\nb\nc\nf\n",
    "out-00002-of-00003": "h\nf\n",
  };

  test("ends the same when it is done again", async () => {
    const shards = await someShards();
    const first = await commitShards(output(), shards, signal);
    expect(await commitShards(output(), shards, signal)).toEqual(first);
    expect(contents()).toEqual(expected);
  });

  test("goes on where an earlier attempt stopped between two names", async () => {
    const shards = await someShards();
    // The second name is taken by a folder, so this attempt ends after the first one.
    const obstacle = join(folder, "out-00001-of-00003");
    mkdirSync(join(obstacle, "x"), { recursive: true });
    await expect(commitShards(output(), shards, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/IS_A_DIRECTORY|FILE_FAILED/),
    });
    expect(existsSync(join(folder, "out-00000-of-00003"))).toBe(true);
    rmSync(obstacle, { recursive: true });
    await commitShards(output(), shards, signal);
    expect(contents()).toEqual(expected);
  });

  test("touches no name when it is cancelled before", async () => {
    const shards = await someShards();
    const stopped = commitShards(output(), shards, AbortSignal.abort(new Error("stop")));
    await expect(stopped).rejects.toThrow("stop");
    expect(readdirSync(folder)).toEqual([".beamline-temp-out"]);
  });

  test("throws OUTPUT_LOST when somebody else has removed a temporary file", async () => {
    const [[a] = [], ...rest] = await someShards();
    rmSync(a?.path ?? "");
    const shards = [a === undefined ? [] : [a], ...rest];
    await expect(commitShards(output(), shards, signal)).rejects.toMatchObject({
      code: "OUTPUT_LOST",
    });
    writeFileSync(`${prefix}-00000-of-00003`, "of an earlier run");
    await expect(commitShards(output(), shards, signal)).rejects.toMatchObject({
      code: "OUTPUT_LOST",
    });
  });
});
