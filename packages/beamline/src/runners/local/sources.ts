import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import type { Block } from "../../engine/block.js";
import { GroupIndex } from "../../engine/group-index.js";
import type { BundleGate, BundleSource } from "../../exec/bundle-processor.js";
import type { Receive } from "../../exec/receive.js";
import { Turn } from "../../exec/turn.js";
import { GLOBAL_FIRING_META, IMPULSE_META } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import type { PlannedStage } from "./plan.js";

/** Feeds a stage with `blocks` of its dataset, or with an impulse where it has none. */
export function sourceOf({ dataset }: PlannedStage, blocks: readonly Block[]): BundleSource {
  return {
    feed(entries, gate) {
      // A stage of the local plan has one input.
      const [receive] = entries.values();
      if (receive === undefined) throw internalError("A stage has no input");
      if (dataset === undefined) return receive(new Uint8Array(0), IMPULSE_META);
      const feed = dataset.kind === "groups" ? feedGroups : feedElements;
      return feed(dataset.coder, blocks, receive, gate);
    },
  };
}

/** Decodes the elements of blocks, one after the other. */
export function* decodeBlocks(coder: Coder<unknown>, blocks: readonly Block[]): Iterable<unknown> {
  for (const { bytes } of blocks) {
    const reader = new ByteReader(bytes);
    while (reader.remaining > 0) yield coder.decode(reader);
  }
}

async function feedElements(
  coder: Coder<unknown>,
  blocks: readonly Block[],
  receive: Receive,
  gate: BundleGate,
): Promise<void> {
  const turn = new Turn();
  for (const { bytes } of blocks) {
    const reader = new ByteReader(bytes);
    while (reader.remaining > 0) {
      receive(coder.decode(reader), IMPULSE_META);
      if (gate.attention) await gate.clear();
      if (turn.isOver()) await turn.pass();
    }
  }
}

async function feedGroups(
  coder: Coder<unknown>,
  blocks: readonly Block[],
  receive: Receive,
  gate: BundleGate,
): Promise<void> {
  const [key, value] = coder.components;
  if (key === undefined || value === undefined) throw internalError("A shuffle needs a kv coder");
  const turn = new Turn();
  const index = new GroupIndex(blocks);
  for (let group = 0; group < index.size; group++) {
    const values = new GroupedValues(index, group, value);
    receive([key.decode(index.key(group)), values], GLOBAL_FIRING_META);
    if (gate.attention) await gate.clear();
    if (turn.isOver()) await turn.pass();
  }
}

/** The values of one key, decoded as they are iterated; each iteration starts anew. */
class GroupedValues implements Iterable<unknown> {
  private readonly index: GroupIndex;
  private readonly group: number;
  private readonly coder: Coder<unknown>;

  constructor(index: GroupIndex, group: number, coder: Coder<unknown>) {
    this.index = index;
    this.group = group;
    this.coder = coder;
  }

  // By hand: a generator costs several times as much a value.
  [Symbol.iterator](): Iterator<unknown> {
    const { coder } = this;
    const cursor = this.index.values(this.group);
    return {
      next() {
        const reader = cursor.next();
        return reader === undefined
          ? { done: true, value: undefined }
          : { done: false, value: coder.decode(reader) };
      },
    };
  }
}
