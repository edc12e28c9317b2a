import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { locate } from "../file-systems.js";
import { LocalFileSystem, localPath } from "./local-file-system.js";

const files = new LocalFileSystem();
let folder = "";

/** Runs `look` without the rights of root, who may read and write everything. */
async function asOrdinaryUser(look: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    await look();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-files-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, content: string | Uint8Array = name): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

async function matched(glob: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { path } of files.match(join(folder, glob))) {
    names.push(path.slice(folder.length + 1));
  }
  return names;
}

function coded(code: string) {
  return expect.objectContaining({ code, message: expect.stringMatching(/^Cannot .*: .*; .*/s) });
}

describe("LocalFileSystem.match", () => {
  test("lists files in order, without folders and hidden names", async () => {
    for (const name of ["b.txt", "a.txt", "c.log", ".hidden.txt", "sub.txt/d.txt"]) put(name);
    expect(await matched("*.txt")).toEqual(["a.txt", "b.txt"]);
    expect(await matched(".*.txt")).toEqual([".hidden.txt"]);
    expect(await matched("{b,a,a}.txt")).toEqual(["a.txt", "b.txt"]);
    expect(await matched("*/*.txt")).toEqual(["sub.txt/d.txt"]);
  });

  test("goes through any number of folders for **, but not through hidden ones", async () => {
    for (const name of ["a.txt", "x/b.txt", "x/y/c.txt", "x/y/d.log", ".t/e.txt"]) put(name);
    expect(await matched("**/*.txt")).toEqual(["a.txt", "x/b.txt", "x/y/c.txt"]);
    expect(await matched("**")).toEqual(["a.txt", "x/b.txt", "x/y/c.txt", "x/y/d.log"]);
    expect(await matched("x/**/c.txt")).toEqual(["x/y/c.txt"]);
    expect(await matched("**/y/*")).toEqual(["x/y/c.txt", "x/y/d.log"]);
    expect(await matched("{x,z}/**/*.{txt,log}")).toEqual(["x/b.txt", "x/y/c.txt", "x/y/d.log"]);
  });

  test("follows links, and does not go round in circles for **", async () => {
    put("real/a.txt");
    symlinkSync(join(folder, "real"), join(folder, "link"));
    symlinkSync(folder, join(folder, "real/loop"));
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling.txt"));
    expect(await matched("link/*.txt")).toEqual(["link/a.txt"]);
    expect(await matched("**/*.txt")).toEqual(["real/a.txt"]);
  });

  test("takes a path that exists as it is written", async () => {
    for (const name of ["a[1].txt", "a1.txt", "{x,y}", "x"]) put(name);
    expect(await matched("a[1].txt")).toEqual(["a[1].txt"]);
    expect(await matched("{x,y}")).toEqual(["{x,y}"]);
    expect(await matched("\\{x,y\\}")).toEqual(["{x,y}"]);
  });

  test("is empty for a folder and for what is not there", async () => {
    put("sub/a");
    expect(await matched("sub")).toEqual([]);
    expect(await matched("none/*")).toEqual([]);
    expect(await matched("sub/a/*")).toEqual([]);
  });

  test("stops when its signal is aborted", async () => {
    const listing = files.match(join(folder, "*"), {
      signal: AbortSignal.abort(new Error("stop")),
    });
    await expect(listing.next()).rejects.toThrow("stop");
  });
});

describe("LocalFileSystem.stat", () => {
  test("tells size and time, and is undefined for folders and for nothing", async () => {
    const path = put("a", "12345");
    expect(await files.stat(path)).toMatchObject({ path, size: 5 });
    expect(await files.stat(folder)).toBeUndefined();
    expect(await files.stat(join(path, "below-a-file"))).toBeUndefined();
  });
});

describe("LocalFileSystem.read", () => {
  async function readAll(path: string, start: number, end: number, blockSize?: number) {
    const options = blockSize === undefined ? {} : { blockSize };
    const parts: Buffer[] = [];
    for await (const block of files.read(path, { start, end }, options)) {
      expect(block.length).toBeGreaterThan(0);
      expect(block.length).toBeLessThanOrEqual(blockSize ?? 1 << 20);
      parts.push(Buffer.from(block));
    }
    return Buffer.concat(parts);
  }

  test("gives exactly the range, whatever the block size", async () => {
    const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
    const path = put("data", content);
    for (const blockSize of [1000, 1024, 65_536, 1 << 20]) {
      for (const [start, end] of [
        [0, 200_000],
        [1, 199_999],
        [777, 778],
        [5, 5],
        [100, 150_003],
      ]) {
        const bytes = await readAll(path, start ?? 0, end ?? 0, blockSize);
        expect(bytes.equals(content.subarray(start, end))).toBe(true);
      }
    }
  });

  test.each([10, 300_000])("throws FILE_SHRANK when %d bytes are expected of 9", async (size) => {
    const path = put("short", "123456789");
    await expect(readAll(path, 0, size)).rejects.toThrow(coded("FILE_SHRANK"));
    await expect(readAll(path, 0, size)).rejects.toThrow(/ends at byte 9/);
  });

  test("throws FILE_SHRANK when the file is cut off between two blocks", async () => {
    const path = put("shrinks", Buffer.alloc(400_000));
    const blocks = files.read(path, { start: 0, end: 400_000 }, { blockSize: 100_000 });
    const reading = (async () => {
      for await (const _ of blocks) truncateSync(path, 100_000);
    })();
    await expect(reading).rejects.toThrow(coded("FILE_SHRANK"));
  });

  test("does not mind a file that grows", async () => {
    const path = put("grows", "abc");
    appendFileSync(path, "def");
    expect((await readAll(path, 0, 3)).toString()).toBe("abc");
  });

  test("can be left early and stopped by its signal", async () => {
    const path = put("long", Buffer.alloc(1 << 20));
    for await (const _ of files.read(path, { start: 0, end: 1 << 20 }, { blockSize: 4096 })) break;
    const controller = new AbortController();
    const options = { blockSize: 4096, signal: controller.signal };
    const reading = (async () => {
      for await (const _ of files.read(path, { start: 0, end: 1 << 20 }, options)) {
        controller.abort(new Error("stop"));
      }
    })();
    await expect(reading).rejects.toThrow("stop");
  });

  test.each([10, 100_000])("names a file that is not there (%d bytes)", async (size) => {
    const path = join(folder, "none");
    await expect(readAll(path, 0, size)).rejects.toThrow(coded("FILE_NOT_FOUND"));
    await expect(readAll(path, 0, size)).rejects.toThrow(path);
    await expect(readAll(folder, 0, size)).rejects.toThrow(coded("IS_A_DIRECTORY"));
  });
});

describe("LocalFileSystem.requireReadable", () => {
  test("passes a file and tells folders, nothing and files for others apart", async () => {
    const path = put("a");
    await files.requireReadable(path);
    await expect(files.requireReadable(folder)).rejects.toThrow(coded("IS_A_DIRECTORY"));
    await expect(files.requireReadable(join(path, "b"))).rejects.toThrow(coded("NOT_A_DIRECTORY"));
    await expect(files.requireReadable(`${path}x`)).rejects.toThrow(coded("FILE_NOT_FOUND"));
  });

  test("throws PERMISSION_DENIED", async () => {
    const path = put("secret");
    chmodSync(folder, 0o755);
    chmodSync(path, 0);
    await asOrdinaryUser(async () => {
      await expect(files.requireReadable(path)).rejects.toThrow(coded("PERMISSION_DENIED"));
    });
  });
});

describe("LocalFileSystem.unreadable", () => {
  test("says of each file that can't be opened why, and nothing of the others", async () => {
    const paths = Array.from({ length: 2500 }, () => put("there"));
    paths[1700] = join(folder, "gone");
    const listing = paths.map((path) => ({ path, size: 1, modified: 0 }));
    expect(await files.unreadable(listing)).toEqual([coded("FILE_NOT_FOUND")]);
  });

  test("knows permissions of files that can be listed", async () => {
    const paths = [put("open"), put("secret")];
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "secret"), 0);
    const listing = paths.map((path) => ({ path, size: 1, modified: 0 }));
    await asOrdinaryUser(async () => {
      const problems = await files.unreadable(listing);
      expect(problems).toEqual([coded("PERMISSION_DENIED")]);
      expect(String(problems[0])).toContain("secret");
    });
  });
});

describe("LocalFileSystem.requireWritable", () => {
  test("passes where folders can be made, and leaves nothing behind", async () => {
    await files.requireWritable(join(folder, "x/y/out"));
    await files.requireWritable(join(folder, "out"));
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses a path through a file, a folder as prefix, and a folder it can't write to", async () => {
    const path = put("file");
    await expect(files.requireWritable(join(path, "out"))).rejects.toThrow(
      coded("NOT_A_DIRECTORY"),
    );
    await expect(files.requireWritable(join(path, "x/out"))).rejects.toThrow(
      coded("NOT_A_DIRECTORY"),
    );
    await expect(files.requireWritable(folder)).rejects.toThrow(coded("IS_A_DIRECTORY"));
  });

  test("refuses a folder without write access", async () => {
    chmodSync(folder, 0o555);
    await asOrdinaryUser(async () => {
      await expect(files.requireWritable(join(folder, "out"))).rejects.toThrow(
        coded("PERMISSION_DENIED"),
      );
    });
    chmodSync(folder, 0o700);
  });
});

describe("LocalFileSystem.create", () => {
  test("shows the file only when it is complete, in place of the earlier one", async () => {
    const path = put("out", "old");
    const writer = await files.create(path);
    await writer.write(Buffer.from("new "));
    await writer.write(Buffer.from("text"));
    expect(readFileSync(path, "utf8")).toBe("old");
    await writer.close();
    expect(readFileSync(path, "utf8")).toBe("new text");
    expect(readdirSync(folder)).toEqual(["out"]);
    await writer.abort();
    expect(existsSync(path)).toBe(true);
  });

  test("makes folders, also when two ask at once", async () => {
    const writers = await Promise.all(
      ["x/y/a", "x/y/b"].map((name) => files.create(join(folder, name))),
    );
    for (const writer of writers) await writer.close();
    expect(readdirSync(join(folder, "x/y"))).toEqual(["a", "b"]);
  });

  test("leaves nothing behind after abort", async () => {
    const writer = await files.create(join(folder, "out"));
    await writer.write(Buffer.from("half"));
    await writer.abort();
    expect(readdirSync(folder)).toEqual([]);
    expect(() => writer.write(Buffer.from("more"))).toThrow(coded("FILE_CLOSED"));
  });

  test("leaves nothing behind when the path can't be taken", async () => {
    mkdirSync(join(folder, "taken/x"), { recursive: true });
    const writer = await files.create(join(folder, "taken"));
    await expect(writer.close()).rejects.toThrow(coded("IS_A_DIRECTORY"));
    expect(readdirSync(folder)).toEqual(["taken"]);
  });

  test("names the path that can't be written", async () => {
    const path = join(put("file"), "out");
    await expect(files.create(path)).rejects.toThrow(coded("NOT_A_DIRECTORY"));
  });
});

describe("LocalFileSystem", () => {
  test("renames over an existing file, and says what can't be renamed", async () => {
    const [from, to] = [put("from", "new"), put("to", "old")];
    await (await files.prepareMove({ path: from }, to)).complete();
    expect(readFileSync(to, "utf8")).toBe("new");
    await expect((await files.prepareMove({ path: from }, to)).complete()).rejects.toThrow(
      coded("FILE_NOT_FOUND"),
    );
  });

  test("deletes what is there and does not mind what is not", async () => {
    const path = put("sub/a");
    await files.delete(path);
    await files.delete(path);
    await files.deleteFolder(dirname(path));
    await files.deleteFolder(dirname(path));
    expect(readdirSync(folder)).toEqual([]);
    await expect(files.delete(folder)).rejects.toThrow(/^Cannot delete/);
  });
});

describe("locate", () => {
  test("takes bare paths and file:// URLs as local ones", async () => {
    expect((await locate("a/b")).path).toBe("a/b");
    expect((await locate("file:///tmp/a%20b*?[c]{d}#e")).path).toBe("/tmp/a b*?[c]{d}#e");
    const path = put("with space ü");
    expect(localPath(pathToFileURL(path).href)).toBe(path);
  });

  test("throws UNKNOWN_SCHEME with the schemes that are there", async () => {
    await expect(locate("gs://bucket/a")).rejects.toThrow(coded("UNKNOWN_SCHEME"));
    await expect(locate("gs://bucket/a")).rejects.toThrow("file://");
  });

  test.each(["file://host/a", "file:///%zz"])("throws BAD_FILE_URL for %s", async (url) => {
    await expect(locate(url)).rejects.toThrow(coded("BAD_FILE_URL"));
  });
});
