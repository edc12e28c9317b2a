import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Block } from "../../block.js";
import { hashBytes } from "../../hash.js";
import { ShuffleWriter } from "../../shuffle-writer.js";
import { openFrameCodec } from "../frame-codec.js";
import type { Groups } from "../groups.js";
import { PageArena } from "../page-arena.js";
import type { SpillOptions } from "../spill-options.js";
import { SpillSpace } from "../spill-space.js";

export type Pair = readonly [key: string, value: string];

/** A space in a folder of its own. Whoever opens it calls `close()`. */
export class TestSpace extends SpillSpace {
  readonly folder: string;

  constructor(options: Partial<SpillOptions> = {}) {
    const folder = mkdtempSync(join(tmpdir(), "spill-test-"));
    const { pageBytes = 1024 } = options;
    let files = 0;
    super({
      arena: PageArena.make(64, pageBytes),
      pageBytes,
      owner: 7,
      codec: openFrameCodec(),
      gatherBytes: 32 * 1024,
      loadBytes: 16 * 1024,
      mostLoadBytes: 32 * 1024,
      frameBytes: 512,
      stateBytes: 64 * 1024,
      sideBytes: 64 * 1024,
      tableBytes: 32 * 1024,
      always: false,
      newPath: () => join(folder, `${files++}.run`),
      ...options,
    });
    this.folder = folder;
  }

  /** Names of the files that are there. */
  get files(): string[] {
    return readdirSync(this.folder).sort();
  }

  override close(): void {
    super.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** The pairs as blocks of a shuffle in memory. */
export function blocksOf(pairs: Iterable<Pair>, partitions = 8): Block[] {
  const writer = new ShuffleWriter(partitions);
  writePairs(writer, pairs);
  return writer.take();
}

export function writePairs(writer: ShuffleWriter, pairs: Iterable<Pair>): void {
  for (const [key, value] of pairs) {
    writer.scratch.writeBytes(Buffer.from(key, "latin1"));
    writer.key();
    writer.scratch.writeBytes(Buffer.from(value, "latin1"));
    writer.commit();
  }
}

/** The values of each key, in the order in which they come. Throws where a key comes twice. */
export function readGroups(loads: Iterable<Groups>): Map<string, string[]> {
  const read = new Map<string, string[]>();
  for (const groups of loads) {
    for (let group = 0; group < groups.size; group++) {
      const reader = groups.key(group);
      const key = reader.readBytes(reader.remaining).toString("latin1");
      if (read.has(key)) throw new Error(`Key ${key} came twice`);
      read.set(key, valuesOf(groups, group));
    }
  }
  return read;
}

export function valuesOf(groups: Groups, group: number): string[] {
  const values: string[] = [];
  const cursor = groups.values(group);
  for (let reader = cursor.next(); reader !== undefined; reader = cursor.next()) {
    values.push(reader.readBytes(reader.remaining).toString("latin1"));
  }
  return values;
}

export function grouped(pairs: Iterable<Pair>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const present = groups.get(key);
    if (present === undefined) groups.set(key, [value]);
    else present.push(value);
  }
  return groups;
}

export function hashOf(key: string): number {
  const bytes = Buffer.from(key, "latin1");
  return hashBytes(bytes, 0, bytes.length);
}

/** Groups without an order among keys or values. */
export function sorted(groups: ReadonlyMap<string, readonly string[]>): [string, string[]][] {
  return [...groups]
    .map(([key, values]): [string, string[]] => [key, [...values].sort()])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
