import { ByteWriter } from "../../bytes/byte-writer.js";
import { writeTextWithLength } from "../../bytes/strings.js";
import type { Coder } from "../../coders/coder.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import type { Block, RecordForm } from "../../engine/block.js";
import { ListWriter } from "../../engine/list-writer.js";
import { writeMeta } from "../../engine/meta-codec.js";
import { TimeBounds } from "../../engine/time-bounds.js";
import type { ReceiveText } from "../../exec/text/text-ports.js";
import { type ElementMeta, GLOBAL_FIRING_META, IMPULSE_META } from "../../model/element-meta.js";
import type { BlockSink, Failed, OpenSpill } from "./block-sink.js";

/**
 * Elements, dealt out over `parts` blocks. Most have one of two metas, which the block then says
 * once; the others have theirs before them.
 */
export function listSink(
  coder: Coder<unknown>,
  parts: number,
  failed: Failed,
  openSpill?: OpenSpill,
): BlockSink {
  const writers = new Map<RecordForm, ListWriter>();
  const writerOf = (form: RecordForm): ListWriter => {
    const present = writers.get(form);
    if (present !== undefined) return present;
    const writer = new ListWriter(parts, openSpill?.("none"));
    writers.set(form, writer);
    return writer;
  };
  const impulse = writerOf("impulse");
  const bounds = new TimeBounds();
  const next = (meta: ElementMeta): ByteWriter => {
    if (meta === IMPULSE_META) return impulse.next();
    if (meta === GLOBAL_FIRING_META) return writerOf("firing").next();
    const out = writerOf("timed").next();
    bounds.add(meta);
    writeMeta(meta, out);
    return out;
  };
  const text: ReceiveText = (bytes, start, end, meta) => {
    writeTextWithLength(bytes, start, end, next(meta));
  };
  return {
    receive(value, meta) {
      try {
        coder.encode(value, next(meta));
      } catch (cause) {
        throw failed(cause, value);
      }
    },
    text: coder.urn === stringUtf8.urn ? text : undefined,
    take() {
      const timed = bounds.take();
      return [...writers].flatMap(([form, writer]) =>
        writer.take().map((block) => inForm(block, form, timed)),
      );
    },
    clear() {
      bounds.clear();
      for (const writer of writers.values()) writer.clear();
    },
  };
}

/** A block a restriction, as heavy as the work that it stands for. */
export function restrictionSink(coder: Coder<unknown>, failed: Failed): BlockSink {
  let blocks: Block[] = [];
  return {
    receive(value, meta) {
      try {
        blocks.push(restrictionBlock(coder, value, meta, blocks.length));
      } catch (cause) {
        throw failed(cause, value);
      }
    },
    take() {
      const taken = blocks;
      blocks = [];
      return taken;
    },
    clear() {
      blocks = [];
    },
  };
}

/** The block of one sized restriction: `[[element, [restriction, state]], size]`. */
export function restrictionBlock(
  coder: Coder<unknown>,
  value: unknown,
  meta: ElementMeta,
  partition: number,
): Block {
  const out = new ByteWriter(256);
  const form = formOf(meta);
  if (form === "timed") writeMeta(meta, out);
  coder.encode(value, out);
  const [, weight] = value as readonly [unknown, number];
  return inForm({ bytes: out.toBytes(), records: 1, weight, partition }, form, {
    minTimestamp: meta.timestamp,
  });
}

function formOf(meta: ElementMeta): RecordForm {
  if (meta === IMPULSE_META) return "impulse";
  return meta === GLOBAL_FIRING_META ? "firing" : "timed";
}

/** @param timed - Bounds of a block whose elements have their own metas. */
function inForm(
  block: Block,
  form: RecordForm,
  timed: Pick<Block, "minTimestamp" | "maxInstant">,
): Block {
  switch (form) {
    case "impulse":
      return block;
    case "firing":
      return { ...block, form, minTimestamp: GLOBAL_FIRING_META.timestamp };
    case "timed":
      return { ...block, form, ...timed };
  }
}
