import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import type { Block } from "../../engine/block.js";
import { MetaReader } from "../../engine/meta-codec.js";
import type { BundleGate } from "../../exec/bundle-processor.js";
import type { Receive } from "../../exec/receive.js";
import { Turn } from "../../exec/turn.js";
import { type ElementMeta, GLOBAL_FIRING_META, IMPULSE_META } from "../../model/element-meta.js";

/** Elements one after the other, in memory of any kind. */
export type ElementBlock = Pick<Block, "bytes" | "form">;

/** Decodes elements, and hands them on one after the other. */
export async function feedElements(
  coder: Coder<unknown>,
  blocks: Iterable<ElementBlock>,
  receive: Receive,
  gate: BundleGate,
): Promise<void> {
  const turn = new Turn();
  const metas = new MetaReader();
  for (const { bytes, form } of blocks) {
    const reader = new ByteReader(bytes);
    const isTimed = form === "timed";
    let meta = form === "firing" ? GLOBAL_FIRING_META : IMPULSE_META;
    while (reader.remaining > 0) {
      if (isTimed) meta = metas.read(reader);
      receive(coder.decode(reader), meta);
      if (gate.attention) await gate.clear();
      if (turn.isOver()) await turn.pass();
    }
  }
}

/** An element with what accompanies it. */
export interface DecodedElement {
  readonly value: unknown;
  readonly meta: ElementMeta;
}

/** Decodes the elements of blocks, one after the other. */
export function* decodeBlocks(
  coder: Coder<unknown>,
  blocks: readonly Block[],
): Iterable<DecodedElement> {
  const metas = new MetaReader();
  for (const { bytes, form } of blocks) {
    const reader = new ByteReader(bytes);
    while (reader.remaining > 0) {
      const meta =
        form === "timed"
          ? metas.read(reader)
          : form === "firing"
            ? GLOBAL_FIRING_META
            : IMPULSE_META;
      yield { value: coder.decode(reader), meta };
    }
  }
}
