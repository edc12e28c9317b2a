import type { TemporaryFile } from "./shard-file.js";
import type { WrittenShard } from "./write-files.js";

/** The temporary files whose lines make up one shard; none for an empty one. */
export type Shard = readonly TemporaryFile[];

const MIB = 1 << 20;
/** Files below this are joined with others, so that small jobs have few shards ... */
const SMALL = MIB;
/** ... of this size at most. */
const JOINED = 64 * MIB;

/** Exactly `shards` of them, empty ones where no line was dealt to a shard. */
export function planFixedShards(shards: number, files: readonly WrittenShard[]): Shard[] {
  const byShard = new Map(files);
  return Array.from({ length: shards }, (_, shard) => {
    const file = byShard.get(shard);
    return file === undefined ? [] : [file];
  });
}

/**
 * One shard for each large file, and small ones joined; at least one shard. Equal files make equal
 * shards, whatever the order in which they come and however they are named.
 */
export function planShards(files: readonly TemporaryFile[]): Shard[] {
  const shards: TemporaryFile[][] = [];
  let small: TemporaryFile[] = [];
  let smallSize = 0;
  for (const file of files.toSorted(byContent)) {
    if (file.body >= SMALL) {
      shards.push([file]);
    } else if (small.length === 0 || smallSize + file.body > JOINED) {
      small = [file];
      smallSize = file.body;
      shards.push(small);
    } else {
      small.push(file);
      smallSize += file.body;
    }
  }
  return shards.length > 0 ? shards : [[]];
}

function byContent(a: TemporaryFile, b: TemporaryFile): number {
  return compare(a.beginning, b.beginning) || a.body - b.body || compare(a.path, b.path);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
