import { packerOf } from "../compression/codecs.js";
import type { FileInfo, FileSystem, FileWriter, PendingMove } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";
import { inParallel } from "../filesystem/in-parallel.js";
import type { Shard } from "./plan-shards.js";
import { packedEnds, type ShardFormat } from "./shard-file.js";
import { shardName, temporaryFolder } from "./shard-names.js";
import {
  AT_ONCE,
  finishShowing,
  lost,
  type ShardMove,
  type ShardPlace,
  showShards,
} from "./show-shards.js";

export interface ShardedOutput {
  readonly prefix: string;
  readonly suffix: string;
  readonly format: ShardFormat;
}

/**
 * Shows a complete output: gives each shard its name, removes shards that an earlier run left,
 * and removes the temporary folder. Returns the names. Done again after it has failed half-way or
 * succeeded, it ends the same.
 *
 * All that takes long comes first, so that the names then change hands in one go. Where renaming is
 * copying, as in an object store, that is done by then, too: see {@link FileSystem.prepareMove}.
 */
export async function commitShards(
  output: ShardedOutput,
  shards: readonly Shard[],
  signal: AbortSignal,
): Promise<string[]> {
  const { suffix, format } = output;
  const place = await placeOf(output);
  const { fileSystem, base } = place;
  const names = shards.map((_, i) => shardName(base, i, shards.length, suffix));
  // An earlier attempt of this run came so far.
  if (await finishShowing(place)) return names;
  const moves: (ShardMove & { readonly ready: PendingMove })[] = [];
  const shown = new Set<string>();
  try {
    await inParallel(shards, AT_ONCE, async (shard, i) => {
      signal.throwIfAborted();
      const to = names[i] ?? "";
      const from = await assemble(fileSystem, format, shard, to, i, signal);
      if (from === undefined) shown.add(to);
      else moves.push({ from, to, ready: await fileSystem.prepareMove(from, to, { signal }) });
    });
    signal.throwIfAborted();
    await showShards(place, moves, shown);
  } catch (error) {
    await inParallel(moves, AT_ONCE, ({ ready }) => ready.abandon());
    throw error;
  }
  return names;
}

/** Where the shards of an output are, and what is not complete yet. */
export async function placeOf({ prefix, suffix }: ShardedOutput): Promise<ShardPlace> {
  const { fileSystem, path: base } = await locate(prefix);
  return { fileSystem, base, suffix, folder: temporaryFolder(base, suffix) };
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
  format: ShardFormat,
  shard: Shard,
  writer: FileWriter,
  signal: AbortSignal,
): Promise<void> {
  const { header, footer } = await packedEnds(format);
  await writer.write(header);
  for (const { path, head, body } of shard) {
    const range = { start: head, end: head + body };
    for await (const block of fileSystem.read(path, range, { signal })) await writer.write(block);
  }
  const codec = packerOf(format.compression ?? "none");
  // A packed file of nothing is not empty.
  if (codec !== undefined && shard.length === 0) await writer.write(await codec.pack(NOTHING));
  await writer.write(footer);
}

const NOTHING = new Uint8Array(0);

/** A temporary file is gone because an earlier attempt of this commit has renamed it, or else. */
async function requireCommitted(
  fileSystem: FileSystem,
  format: ShardFormat,
  shard: Shard,
  name: string,
): Promise<void> {
  const { header, footer } = await packedEnds(format);
  const size = shard.reduce((sum, { body }) => sum + body, header.length + footer.length);
  if ((await fileSystem.stat(name))?.size === size) return;
  throw lost(name);
}
