import { createReadStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Pack } from "tar-stream";
import type { LayerEntry } from "./layer-entry.js";

type EntryHeader = Parameters<Pack["entry"]>[0];

const BLOCK_BYTES = 1 << 20;

/**
 * A layer's tar archive, a chunk at a time. It depends on paths, modes, owners and contents alone:
 * entries are sorted, folders above them stand before them, and nothing has a time.
 */
export async function* tarOf(entries: readonly LayerEntry[]): AsyncGenerator<Buffer> {
  const { pack } = await import("tar-stream");
  const archive = pack({ highWaterMark: BLOCK_BYTES });
  const filling = fill(archive, complete(entries)).catch((error: unknown) => {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  for await (const chunk of archive) yield chunk as Buffer;
  await filling;
}

async function fill(archive: Pack, entries: readonly LayerEntry[]): Promise<void> {
  for (const entry of entries) await add(archive, entry);
  archive.finalize();
}

function add(archive: Pack, entry: LayerEntry): Promise<void> {
  const name = entry.path.slice(1);
  switch (entry.kind) {
    case "folder":
      return put(archive, header(`${name}/`, "directory", entry.mode, entry.owner));
    case "link":
      return put(archive, { ...header(name, "symlink", 0o777), linkname: entry.target });
    case "file": {
      const { content, mode, owner } = entry;
      const head = header(name, "file", mode, owner);
      if ("bytes" in content) return put(archive, head, Buffer.from(content.bytes));
      return stream(archive, { ...head, size: statSync(content.file).size }, content.file);
    }
  }
}

function header(
  name: string,
  type: "file" | "directory" | "symlink",
  mode: number,
  owner = 0,
): EntryHeader {
  return { name, type, mode, uid: owner, gid: owner, uname: "", gname: "", mtime: new Date(0) };
}

function put(archive: Pack, head: EntryHeader, bytes?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (bytes === undefined) archive.entry(head, done);
    else archive.entry({ ...head, size: bytes.length }, bytes, done);
  });
}

async function stream(archive: Pack, head: EntryHeader, file: string): Promise<void> {
  await pipeline(createReadStream(file, { highWaterMark: BLOCK_BYTES }), archive.entry(head));
}

/** Sorted, with the folders that the entries lie in. */
function complete(entries: readonly LayerEntry[]): LayerEntry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    const parts = path.split("/").slice(1, -1);
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = `/${parts.slice(0, depth).join("/")}`;
      if (!byPath.has(folder)) byPath.set(folder, { kind: "folder", path: folder, mode: 0o755 });
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
