import { BeamlineError } from "../../model/errors.js";
import type { FileInfo, FileSystem, FileWriter, PendingMove } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";
import { escapeGlob } from "../filesystem/glob.js";
import { inParallel } from "../filesystem/in-parallel.js";
import type { Shard } from "./plan-shards.js";
import type { ShardFormat } from "./shard-file.js";
import { isShardOf, shardName, temporaryFolder } from "./shard-names.js";

export interface ShardedOutput {
  readonly prefix: string;
  readonly suffix: string;
  readonly format: ShardFormat;
}

/** Shards that are made ready, or shown, at the same time. */
const AT_ONCE = 16;

/**
 * Shows a complete output: gives each shard its name, removes shards that an earlier run left,
 * and removes the temporary folder. Returns the names. Done again after it has failed half-way or
 * succeeded, it ends the same.
 *
 * All that takes long comes first, so that the names then change hands in one go. Where renaming is
 * copying, as in an object store, that is done by then, too: see {@link FileSystem.prepareMove}.
 */
export async function commitShards(
  { prefix, suffix, format }: ShardedOutput,
  shards: readonly Shard[],
  signal: AbortSignal,
): Promise<string[]> {
  const { fileSystem, path: base } = await locate(prefix);
  const names = shards.map((_, i) => shardName(base, i, shards.length, suffix));
  const ready: PendingMove[] = [];
  try {
    await inParallel(shards, AT_ONCE, async (shard, i) => {
      signal.throwIfAborted();
      const name = names[i] ?? "";
      const file = await assemble(fileSystem, format, shard, name, i, signal);
      if (file !== undefined) ready.push(await fileSystem.prepareMove(file, name, { signal }));
    });
    signal.throwIfAborted();
    await inParallel(ready, AT_ONCE, (move) => move.complete());
  } catch (error) {
    await inParallel(ready, AT_ONCE, (move) => move.abandon());
    throw error;
  }
  await removeOlder(fileSystem, base, suffix, new Set(names));
  await fileSystem.deleteFolder(temporaryFolder(base, suffix));
  return names;
}

/** The one temporary file with a shard's content; undefined when it has its name already. */
async function assemble(
  fileSystem: FileSystem,
  format: ShardFormat,
  shard: Shard,
  name: string,
  index: number,
  signal: AbortSignal,
): Promise<FileInfo | undefined> {
  const files = await inParallel(shard, AT_ONCE, ({ path }) => fileSystem.stat(path));
  if (files.includes(undefined)) {
    await requireCommitted(fileSystem, format, shard, name);
    return undefined;
  }
  const [only, second] = files;
  if (only !== undefined && second === undefined) return only;
  const joined = `${format.folder}/joined-${index}`;
  const writer = await fileSystem.create(joined, { signal });
  try {
    await join(fileSystem, format, shard, writer, signal);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return fileSystem.stat(joined);
}

async function join(
  fileSystem: FileSystem,
  { header, footer }: ShardFormat,
  shard: Shard,
  writer: FileWriter,
  signal: AbortSignal,
): Promise<void> {
  await writer.write(header);
  for (const { path, body } of shard) {
    const range = { start: header.length, end: header.length + body };
    for await (const block of fileSystem.read(path, range, { signal })) await writer.write(block);
  }
  await writer.write(footer);
}

/** A temporary file is gone because an earlier attempt of this commit has renamed it, or else. */
async function requireCommitted(
  fileSystem: FileSystem,
  { header, footer }: ShardFormat,
  shard: Shard,
  name: string,
): Promise<void> {
  const size = shard.reduce((sum, { body }) => sum + body, header.length + footer.length);
  if ((await fileSystem.stat(name))?.size === size) return;
  throw new BeamlineError(
    "OUTPUT_LOST",
    `Cannot complete "${name}": a temporary file that belongs to it is gone; let only one job at a time write to this output, then run it again`,
  );
}

async function removeOlder(
  fileSystem: FileSystem,
  base: string,
  suffix: string,
  own: ReadonlySet<string>,
): Promise<void> {
  const glob = `${escapeGlob(base)}-*-of-*${escapeGlob(suffix)}`;
  const older: string[] = [];
  for await (const { path } of fileSystem.match(glob)) {
    if (isShardOf(path, base, suffix) && !own.has(path)) older.push(path);
  }
  await inParallel(older, AT_ONCE, (path) => fileSystem.delete(path));
}
