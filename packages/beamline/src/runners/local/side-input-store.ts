import type { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { intervalWindow } from "../../coders/interval-window.js";
import { GroupIndex } from "../../engine/group-index.js";
import type { Groups } from "../../engine/spill/groups.js";
import type { Run } from "../../engine/spill/run.js";
import { RunLookup } from "../../engine/spill/run-lookup.js";
import type { SpillSpace } from "../../engine/spill/spill-space.js";
import {
  NO_VALUE,
  type SideInputData,
  type SideInputPort,
  type SideInputSource,
} from "../../exec/side-inputs/port.js";
import type { Step, StepSideInput } from "../../exec/stage.js";
import { accessPatternOf } from "../../graph/side-input.js";
import { internalError } from "../../model/errors.js";
import type { Window } from "../../model/window.js";
import type { SideChunk, SideWork } from "./bundle-work.js";
import { DenseSideTable } from "./dense-side-table.js";
import { GroupedValues } from "./grouped-values.js";
import { sideDatasetOf } from "./plan.js";
import { SideTable } from "./side-table.js";

/**
 * The side inputs that have reached this thread. Their bytes are shared with all others; the index
 * over them is made when the first element looks.
 */
export class SideInputStore implements SideInputPort {
  private readonly datasets = new Map<string, SideDataset>();
  private readonly space: SpillSpace | undefined;

  /** @param space - Reads what does not fit in memory. Default: everything does. */
  constructor(space?: SpillSpace) {
    this.space = space;
  }

  /** Takes what comes with a bundle: chunks that are new, and those that are still of use. */
  add(sides: readonly SideWork[]): void {
    for (const { dataset, chunks, runs } of sides) {
      let present = this.datasets.get(dataset);
      if (present === undefined) {
        present = new SideDataset();
        this.datasets.set(dataset, present);
      }
      if (runs === undefined) present.update(chunks);
      else present.lookUpIn(runs, this.space);
    }
  }

  open(step: Step, name: string, sideInput: StepSideInput): SideInputSource {
    const id = sideDatasetOf(sideInput);
    const dataset = this.datasets.get(id);
    if (dataset === undefined) {
      throw internalError(`The side input "${name}" of "${step.name}" has not come along`);
    }
    const { coder, view, windowing } = sideInput;
    const isWindowed = windowing.windowFn.kind !== "global";
    const open = (window: Window) => {
      const prefix = new ByteWriter(16);
      if (isWindowed && window.kind === "interval") intervalWindow.encode(window, prefix);
      return accessPatternOf(view) === "multimap"
        ? new SideMap(dataset, coder, prefix.toBytes())
        : new SideList(dataset, coder, prefix.toBytes());
    };
    return { in: open };
  }
}

/** The records of one side input. */
class SideDataset {
  private chunks = new Map<number, SideIndex>();
  private made: readonly GroupIndex[] | undefined;
  private hashed: SideTable | undefined;
  /** Null where its keys are of another kind. */
  private dense: DenseSideTable | null | undefined;
  /** Where it does not fit in memory. */
  private onDisk: RunLookup | undefined;
  /**
   * By the encoded window: values by key where that is a primitive, because a Map's equality is that
   * of the key coder. What was decoded stays so while the chunks are the same; undefined where they
   * are too large for that.
   */
  private readonly decoded = new Map<string, Map<unknown, unknown> | undefined>();

  update(chunks: readonly SideChunk[]): void {
    const present = this.chunks;
    const isSame = chunks.length === present.size && chunks.every(({ id }) => present.has(id));
    if (isSame) return;
    this.chunks = new Map(
      chunks.map((chunk) => [chunk.id, present.get(chunk.id) ?? new SideIndex(chunk)]),
    );
    this.made = undefined;
    this.hashed = undefined;
    this.dense = undefined;
    this.decoded.clear();
  }

  /** From now on keys are looked up on disk. */
  lookUpIn(runs: readonly Run[], space: SpillSpace | undefined): void {
    if (space === undefined) throw internalError("A side input has runs and nobody to read them");
    const { reader, options } = space;
    this.onDisk ??= new RunLookup(reader, runs, options.sideBytes / SIDES_ON_DISK);
  }

  /** Everything, in memory and on disk. */
  *allGroups(): Iterable<Groups> {
    yield* this.indices;
    if (this.onDisk !== undefined) yield* this.onDisk.all();
  }

  /** The only value of a key, if there is one. */
  only(key: Uint8Array, twice: () => Error): ByteReader | undefined {
    if (this.isWhole) return this.table.find(key, twice);
    let only: ByteReader | undefined;
    for (const groups of this.placesOf(key)) {
      const group = groups.find(key);
      if (group === undefined) continue;
      const values = groups.values(group);
      if (only !== undefined || values.next() === undefined || values.next() !== undefined) {
        throw twice();
      }
      only = groups.values(group).next();
    }
    return only;
  }

  /** Everything is in one chunk, as it is of input that ends. Of a stream more come, one by one. */
  private get isWhole(): boolean {
    return this.chunks.size === 1 && this.onDisk === undefined;
  }

  /** What may have a key. */
  private placesOf(key: Uint8Array): readonly Groups[] {
    if (this.onDisk === undefined) return this.indices;
    const found = this.onDisk.find(key);
    return found === undefined ? [] : [found.groups];
  }

  get indices(): readonly GroupIndex[] {
    this.made ??= [...this.chunks.values()].map(({ index }) => index);
    return this.made;
  }

  /** For single values of keys. */
  private get table(): SideTable {
    this.hashed ??= new SideTable(this.allChunks);
    return this.hashed;
  }

  /** The same where keys are numbers that lie close together, in the global window. */
  denseTable(key: Coder<unknown>, prefix: Uint8Array): DenseSideTable | undefined {
    if (this.dense !== undefined || prefix.length > 0 || !this.isWhole) {
      return this.dense ?? undefined;
    }
    const made = DenseSideTable.of(this.allChunks, key);
    this.dense = made ?? null;
    return made;
  }

  private get allChunks(): readonly SideChunk[] {
    return [...this.chunks.values()].map(({ chunk }) => chunk);
  }

  decodedIn(prefix: Uint8Array): Map<unknown, unknown> | undefined {
    if (this.onDisk !== undefined) return undefined;
    const window = Buffer.from(prefix).toString("latin1");
    let decoded = this.decoded.get(window);
    if (!this.decoded.has(window)) {
      const bytes = this.allChunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
      decoded = bytes <= DECODED_LIMIT ? new Map<unknown, unknown>() : undefined;
      this.decoded.set(window, decoded);
    }
    return decoded;
  }

  /** The values under an encoded key. */
  find(key: Uint8Array, coder: Coder<unknown>): Iterable<unknown> {
    const found = this.placesOf(key).flatMap((groups) => {
      const group = groups.find(key);
      return group === undefined ? [] : [new GroupedValues(groups, group, coder)];
    });
    const [only, ...others] = found;
    if (only === undefined) return [];
    return others.length === 0 ? only : new Chained(found);
  }
}

/**
 * Values of side inputs up to so many bytes are kept decoded, in each thread: some ten times as many
 * then. Those of larger ones are decoded each time, which takes no memory and not much longer.
 */
const DECODED_LIMIT = 8 << 20;

/** Side inputs on disk that a thread has at once share the memory for it, if there are so many. */
const SIDES_ON_DISK = 4;

/** A chunk with its index, which is made when somebody looks. */
class SideIndex {
  readonly chunk: SideChunk;
  private made: GroupIndex | undefined;

  constructor(chunk: SideChunk) {
    this.chunk = chunk;
  }

  get index(): GroupIndex {
    this.made ??= new GroupIndex([this.chunk]);
    return this.made;
  }
}

/** One iterable after the other; every iteration begins anew. */
class Chained implements Iterable<unknown> {
  private readonly parts: readonly Iterable<unknown>[];

  constructor(parts: readonly Iterable<unknown>[]) {
    this.parts = parts;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    for (const part of this.parts) yield* part;
  }
}

/** A window's elements, in the order in which they came. */
class SideList implements SideInputData {
  private readonly dataset: SideDataset;
  private readonly coder: Coder<unknown>;
  private readonly prefix: Uint8Array;

  constructor(dataset: SideDataset, coder: Coder<unknown>, prefix: Uint8Array) {
    this.dataset = dataset;
    this.coder = coder;
    this.prefix = prefix;
  }

  elements(): Iterable<unknown> {
    return this.dataset.find(this.prefix, this.coder);
  }

  valuesOf(): never {
    throw internalError("A side input that is a list has no keys");
  }

  keys(): never {
    throw internalError("A side input that is a list has no keys");
  }
}

/** A window's pairs, found by the encoding of their keys. */
class SideMap implements SideInputData {
  private readonly dataset: SideDataset;
  private readonly key: Coder<unknown>;
  private readonly value: Coder<unknown>;
  private readonly prefix: Uint8Array;
  private readonly scratch = new ByteWriter(64);
  private readonly decoded: Map<unknown, unknown> | undefined;

  constructor(dataset: SideDataset, coder: Coder<unknown>, prefix: Uint8Array) {
    const [key, value] = coder.components;
    if (key === undefined || value === undefined) {
      throw internalError("A side input of pairs needs a kv coder");
    }
    this.dataset = dataset;
    this.key = key;
    this.value = value;
    this.prefix = prefix;
    this.decoded = dataset.decodedIn(prefix);
  }

  elements(): never {
    throw internalError("A side input that is a map is read by key");
  }

  valuesOf(key: unknown): Iterable<unknown> {
    return this.dataset.find(this.encoded(key), this.value);
  }

  onlyValueOf(key: unknown, twice: () => Error): unknown {
    const { dataset, decoded, value } = this;
    // Undefined is not kept, nor what no key has: those are looked for again.
    const known = decoded?.get(key);
    if (known !== undefined) return known;
    const dense = dataset.denseTable(this.key, this.prefix);
    const reader =
      dense === undefined ? dataset.only(this.encoded(key), twice) : dense.find(key, twice);
    if (reader === undefined) return NO_VALUE;
    const found = value.decode(reader);
    if (decoded !== undefined && (typeof key !== "object" || key === null)) decoded.set(key, found);
    return found;
  }

  private encoded(key: unknown): Uint8Array {
    const { scratch } = this;
    scratch.reset();
    scratch.writeBytes(this.prefix);
    this.key.encode(key, scratch);
    return scratch.buffer.subarray(0, scratch.position);
  }

  *keys(): Iterable<unknown> {
    const seen = new Set<string>();
    for (const groups of this.dataset.allGroups()) {
      for (let group = 0; group < groups.size; group++) {
        const reader = groups.key(group);
        if (!startsWith(reader, this.prefix)) continue;
        const id = reader.buffer.toString("latin1", reader.position, reader.end);
        if (seen.has(id)) continue;
        seen.add(id);
        yield this.key.decode(reader);
      }
    }
  }
}

/** Whether `prefix` comes next; moves past it. */
function startsWith(reader: ByteReader, prefix: Uint8Array): boolean {
  if (reader.remaining < prefix.length) return false;
  for (const byte of prefix) if (reader.readByte() !== byte) return false;
  return true;
}
