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
import { DecodedMemory } from "./decoded-memory.js";
import { type DenseSideRows, DenseSideTable } from "./dense-side-table.js";
import { GroupedValues } from "./grouped-values.js";
import { sideDatasetOf } from "./plan.js";
import { SideElements } from "./side-elements.js";
import { SideRecords } from "./side-records.js";
import { SideTable } from "./side-table.js";

/**
 * The side inputs that have reached this thread. Their bytes are shared with all others; the index
 * over them is made when the first element looks.
 */
export class SideInputStore implements SideInputPort {
  private readonly datasets = new Map<string, SideDataset>();
  private readonly space: SpillSpace | undefined;
  private readonly memory: DecodedMemory;

  /** @param space - Reads what does not fit in memory. Default: everything does. */
  constructor(space?: SpillSpace) {
    this.space = space;
    this.memory = new DecodedMemory((space?.options.tableBytes ?? Infinity) * DECODED_SHARE);
  }

  /** Takes what comes with a bundle: chunks that are new, and those that are still of use. */
  add(sides: readonly SideWork[]): void {
    for (const { dataset, chunks, runs } of sides) {
      let present = this.datasets.get(dataset);
      if (present === undefined) {
        present = new SideDataset(this.memory);
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
        ? new SideMap(dataset, coder, prefix.toBytes(), view.kind === "multimap")
        : new SideList(dataset, coder, prefix.toBytes());
    };
    return { in: open };
  }
}

/** Of what a thread may use for tables, as much may be what it has decoded of side inputs. */
const DECODED_SHARE = 0.5;
/** Bytes of decoded values for each of their encoding, about. */
const DECODED_GROWTH = 10;

/** The records of one side input. */
class SideDataset {
  private readonly memory: DecodedMemory;
  /** What it has taken of it. */
  private taken = 0;
  private chunks = new Map<number, SideIndex>();
  private made: readonly GroupIndex[] | undefined;
  private hashed: SideTable | undefined;
  /** Null where its keys are of another kind. */
  private dense: DenseSideTable | DenseSideRows | null | undefined;
  /** Where it does not fit in memory. */
  private onDisk: RunLookup | undefined;
  /**
   * By the encoded window: values by key where that is a primitive, because a Map's equality is that
   * of the key coder. What was decoded stays so while the chunks are the same.
   */
  private readonly decoded = new Map<string, Map<unknown, unknown>>();
  /**
   * Whether it is kept at all: not where the chunks are too large for that, or others have taken the
   * memory for it, which is taken once for all windows.
   */
  private keepsDecoded: boolean | undefined;

  constructor(memory: DecodedMemory) {
    this.memory = memory;
  }

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
    this.keepsDecoded = undefined;
    this.memory.left += this.taken;
    this.taken = 0;
  }

  /** From now on keys are looked up on disk. */
  lookUpIn(runs: readonly Run[], space: SpillSpace | undefined): void {
    if (space === undefined) throw internalError("A side input has runs and nobody to read them");
    const { reader, options } = space;
    this.onDisk ??= new RunLookup(reader, runs, options.sideBytes / SIDES_ON_DISK);
  }

  /**
   * All keys, in memory and on disk, some of them more than once.
   *
   * @param isMultimap - Its values have been put together by key, or will be: that is counted, and
   * is not for those of a map, whose records are gone through instead.
   */
  *keys(isMultimap: boolean): Iterable<ByteReader> {
    if (isMultimap) yield* keysOf(this.indices);
    else yield* new SideRecords(this.allChunks).keys();
    if (this.onDisk !== undefined) yield* keysOf(this.onDisk.all());
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
    return this.chunks.size === 1 && this.onDisk === undefined && this.bytes < MOST_PLACES;
  }

  private get bytes(): number {
    return this.allChunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
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
    this.hashed ??= new SideTable(new SideRecords(this.allChunks));
    return this.hashed;
  }

  /** The same where keys are numbers that lie close together, in the global window. */
  denseTable(
    key: Coder<unknown>,
    value: Coder<unknown>,
    prefix: Uint8Array,
  ): DenseSideTable | DenseSideRows | undefined {
    if (this.dense !== undefined || prefix.length > 0 || !this.isWhole) {
      return this.dense ?? undefined;
    }
    const { memory } = this;
    const made = DenseSideTable.of(new SideRecords(this.allChunks), key, value, memory.left);
    if (made?.isDecoded === true && memory.take(made.size)) this.taken += made.size;
    this.dense = made ?? null;
    return made;
  }

  private get allChunks(): readonly SideChunk[] {
    return [...this.chunks.values()].map(({ chunk }) => chunk);
  }

  decodedIn(prefix: Uint8Array): Map<unknown, unknown> | undefined {
    if (this.onDisk !== undefined) return undefined;
    const window = Buffer.from(prefix).toString("latin1");
    this.keepsDecoded ??= this.takeDecoded();
    if (!this.keepsDecoded) return undefined;
    let decoded = this.decoded.get(window);
    if (decoded === undefined) {
      decoded = new Map();
      this.decoded.set(window, decoded);
    }
    return decoded;
  }

  private takeDecoded(): boolean {
    const { bytes, memory } = this;
    const size = bytes * DECODED_GROWTH;
    if (bytes > DECODED_LIMIT || !memory.take(size)) return false;
    this.taken += size;
    return true;
  }

  /** All values, where they are in memory and have no keys, nor windows. */
  all(coder: Coder<unknown>): Iterable<unknown> | undefined {
    if (this.onDisk !== undefined) return undefined;
    return new SideElements(new SideRecords(this.allChunks), coder);
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
 * Values of side inputs up to so many bytes are kept decoded, in each thread, where there is memory
 * for that. Those of larger ones are decoded each time, which takes no memory and not much longer.
 */
const DECODED_LIMIT = 8 << 20;
/** Places of records are numbers of 32 bits. */
const MOST_PLACES = 0xffff_ffff;

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
    const { dataset, coder, prefix } = this;
    const all = prefix.length === 0 ? dataset.all(coder) : undefined;
    return all ?? dataset.find(prefix, coder);
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
  private readonly isMultimap: boolean;
  private readonly scratch = new ByteWriter(64);
  private decoded: Map<unknown, unknown> | undefined;
  /** Undefined before the first lookup; null where keys are looked up by their encoding. */
  private dense: DenseSideTable | DenseSideRows | null | undefined;

  constructor(
    dataset: SideDataset,
    coder: Coder<unknown>,
    prefix: Uint8Array,
    isMultimap: boolean,
  ) {
    const [key, value] = coder.components;
    if (key === undefined || value === undefined) {
      throw internalError("A side input of pairs needs a kv coder");
    }
    this.dataset = dataset;
    this.key = key;
    this.value = value;
    this.prefix = prefix;
    this.isMultimap = isMultimap;
  }

  elements(): never {
    throw internalError("A side input that is a map is read by key");
  }

  valuesOf(key: unknown): Iterable<unknown> {
    return this.dataset.find(this.encoded(key), this.value);
  }

  onlyValueOf(key: unknown, twice: () => Error): unknown {
    const dense = this.dense === undefined ? this.prepare() : this.dense;
    if (dense?.isDecoded === true) return dense.find(key, twice);
    const { decoded } = this;
    // Undefined is not kept, nor what no key has: those are looked for again.
    const known = decoded?.get(key);
    if (known !== undefined) return known;
    const found = dense === null ? this.valueOf(key, twice) : dense.find(key, twice);
    if (decoded === undefined || found === NO_VALUE) return found;
    if (typeof key !== "object" || key === null) decoded.set(key, found);
    return found;
  }

  /** Makes the tables: what they are made of stays the same as long as this is used. */
  private prepare(): DenseSideTable | DenseSideRows | null {
    const { dataset, key, value, prefix } = this;
    const dense = dataset.denseTable(key, value, prefix) ?? null;
    this.dense = dense;
    if (dense?.isDecoded !== true) this.decoded = dataset.decodedIn(prefix);
    return dense;
  }

  private valueOf(key: unknown, twice: () => Error): unknown {
    const reader = this.dataset.only(this.encoded(key), twice);
    return reader === undefined ? NO_VALUE : this.value.decode(reader);
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
    for (const reader of this.dataset.keys(this.isMultimap)) {
      if (!startsWith(reader, this.prefix)) continue;
      const id = reader.buffer.toString("latin1", reader.position, reader.end);
      if (seen.has(id)) continue;
      seen.add(id);
      yield this.key.decode(reader);
    }
  }
}

function* keysOf(all: Iterable<Groups>): Iterable<ByteReader> {
  for (const groups of all) {
    for (let group = 0; group < groups.size; group++) yield groups.key(group);
  }
}

/** Whether `prefix` comes next; moves past it. */
function startsWith(reader: ByteReader, prefix: Uint8Array): boolean {
  if (reader.remaining < prefix.length) return false;
  for (const byte of prefix) if (reader.readByte() !== byte) return false;
  return true;
}
