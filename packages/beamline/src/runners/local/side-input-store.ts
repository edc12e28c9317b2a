import type { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { intervalWindow } from "../../coders/interval-window.js";
import { GroupIndex } from "../../engine/group-index.js";
import type { SideInputData, SideInputPort, SideInputSource } from "../../exec/side-inputs/port.js";
import type { Step, StepSideInput } from "../../exec/stage.js";
import { accessPatternOf } from "../../graph/side-input.js";
import { internalError } from "../../model/errors.js";
import type { Window } from "../../model/window.js";
import type { SideChunk, SideWork } from "./bundle-work.js";
import { GroupedValues } from "./grouped-values.js";
import { sideDatasetOf } from "./plan.js";

/**
 * The side inputs that have reached this thread. Their bytes are shared with all others; the index
 * over them is made when the first element looks.
 */
export class SideInputStore implements SideInputPort {
  private readonly datasets = new Map<string, SideDataset>();

  /** Takes what comes with a bundle: chunks that are new, and those that are still of use. */
  add(sides: readonly SideWork[]): void {
    for (const { dataset, chunks } of sides) {
      let present = this.datasets.get(dataset);
      if (present === undefined) {
        present = new SideDataset();
        this.datasets.set(dataset, present);
      }
      present.update(chunks);
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

  update(chunks: readonly SideChunk[]): void {
    const present = this.chunks;
    this.chunks = new Map(
      chunks.map((chunk) => [chunk.id, present.get(chunk.id) ?? new SideIndex(chunk)]),
    );
  }

  get indices(): GroupIndex[] {
    return [...this.chunks.values()].map(({ index }) => index);
  }

  /** The values under an encoded key. */
  find(key: Uint8Array, coder: Coder<unknown>): Iterable<unknown> {
    const found = this.indices.flatMap((index) => {
      const group = index.find(key);
      return group === undefined ? [] : [new GroupedValues(index, group, coder)];
    });
    const [only, ...others] = found;
    if (only === undefined) return [];
    return others.length === 0 ? only : new Chained(found);
  }
}

/** A chunk with its index, which is made when somebody looks. */
class SideIndex {
  private readonly chunk: SideChunk;
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

  constructor(dataset: SideDataset, coder: Coder<unknown>, prefix: Uint8Array) {
    const [key, value] = coder.components;
    if (key === undefined || value === undefined) {
      throw internalError("A side input of pairs needs a kv coder");
    }
    this.dataset = dataset;
    this.key = key;
    this.value = value;
    this.prefix = prefix;
  }

  elements(): never {
    throw internalError("A side input that is a map is read by key");
  }

  valuesOf(key: unknown): Iterable<unknown> {
    const { scratch } = this;
    scratch.reset();
    scratch.writeBytes(this.prefix);
    this.key.encode(key, scratch);
    return this.dataset.find(scratch.buffer.subarray(0, scratch.position), this.value);
  }

  *keys(): Iterable<unknown> {
    const seen = new Set<string>();
    for (const index of this.dataset.indices) {
      for (let group = 0; group < index.size; group++) {
        const reader = index.key(group);
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
