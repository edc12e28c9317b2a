import { BeamlineError, isBeamlineError } from "../../model/errors.js";
import type { FileInfo, FileSystem, PendingMove } from "../filesystem/file-system.js";
import { escapeGlob } from "../filesystem/glob.js";
import { inParallel } from "../filesystem/in-parallel.js";
import { isShardOf } from "./shard-names.js";

/** Where an output's shards are to be seen. */
export interface ShardPlace {
  readonly fileSystem: FileSystem;
  /** Begins and ends the names of all shards. */
  readonly base: string;
  readonly suffix: string;
  /** The folder for what is not complete yet. */
  readonly folder: string;
}

/** A complete file and the name that it is to have. */
export interface ShardMove {
  readonly from: Pick<FileInfo, "path" | "size" | "version">;
  readonly to: string;
}

/** An output that is complete, and which a kill can't undo any more. */
interface Journal {
  readonly version: 1;
  readonly moves: readonly ShardMove[];
}

/** Shards that are made ready, or shown, at the same time. */
export const AT_ONCE = 16;

/**
 * Gives complete files their names, in place of all shards of earlier outputs.
 *
 * No file system does that in one step, so what is to be done is written down first: from then on it
 * is only ever completed, by another attempt or by the next run that writes there. Earlier shards go
 * before the first new one comes, so that nobody ever sees some of both.
 *
 * @param shown - Names that an earlier attempt has given already.
 */
export async function showShards(
  place: ShardPlace,
  moves: readonly (ShardMove & { readonly ready: PendingMove })[],
  shown: ReadonlySet<string>,
): Promise<void> {
  await writeJournal(place, moves);
  await removeShards(place, shown);
  await inParallel(moves, AT_ONCE, ({ ready }) => ready.complete());
  await place.fileSystem.deleteFolder(place.folder);
}

/**
 * Completes what a run that was killed, or failed, in the midst of {@link showShards} has left.
 * Returns whether there was anything.
 */
export async function finishShowing(place: ShardPlace): Promise<boolean> {
  const { fileSystem, folder } = place;
  const journal = await readJournal(place);
  if (journal === undefined) return false;
  const ready: PendingMove[] = [];
  const shown = new Set<string>();
  await inParallel(journal.moves, AT_ONCE, async ({ from, to }) => {
    const file = await fileSystem.stat(from.path);
    if (file !== undefined) ready.push(await fileSystem.prepareMove(file, to));
    else if ((await fileSystem.stat(to))?.size === from.size) shown.add(to);
    else throw lost(to);
  });
  await removeShards(place, shown);
  await inParallel(ready, AT_ONCE, (move) => move.complete());
  await fileSystem.deleteFolder(folder);
  return true;
}

/** Whether an output is complete but not all of it is shown. */
export async function isHalfShown({ fileSystem, folder }: ShardPlace): Promise<boolean> {
  return (await fileSystem.stat(journalOf(folder))) !== undefined;
}

export function lost(name: string): BeamlineError {
  return new BeamlineError(
    "OUTPUT_LOST",
    `Cannot complete "${name}": a temporary file that belongs to it is gone; let only one job at a time write to this output, then run it again`,
  );
}

export function isLost(error: unknown): boolean {
  return isBeamlineError(error) && error.code === "OUTPUT_LOST";
}

/** Removes the shards of this output that are seen, whichever run has written them. */
async function removeShards(
  { fileSystem, base, suffix }: ShardPlace,
  except: ReadonlySet<string>,
): Promise<void> {
  const glob = `${escapeGlob(base)}-*-of-*${escapeGlob(suffix)}`;
  const older: string[] = [];
  for await (const { path } of fileSystem.match(glob)) {
    if (isShardOf(path, base, suffix) && !except.has(path)) older.push(path);
  }
  await inParallel(older, AT_ONCE, (path) => fileSystem.delete(path));
}

function journalOf(folder: string): string {
  return `${folder}/commit.json`;
}

async function writeJournal(
  { fileSystem, folder }: ShardPlace,
  moves: readonly ShardMove[],
): Promise<void> {
  const journal: Journal = { version: 1, moves: moves.map(({ from, to }) => ({ from, to })) };
  const writer = await fileSystem.create(journalOf(folder));
  try {
    await writer.write(Buffer.from(JSON.stringify(journal)));
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Undefined where there is none: it is there as a whole, or not at all. */
async function readJournal({ fileSystem, folder }: ShardPlace): Promise<Journal | undefined> {
  const path = journalOf(folder);
  const file = await fileSystem.stat(path);
  if (file === undefined) return undefined;
  const blocks: Buffer[] = [];
  for await (const block of fileSystem.read(path, { start: 0, end: file.size })) {
    blocks.push(Buffer.from(block));
  }
  return JSON.parse(Buffer.concat(blocks).toString()) as Journal;
}
