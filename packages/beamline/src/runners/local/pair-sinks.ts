import { writeTextWithLength } from "../../bytes/strings.js";
import type { Coder } from "../../coders/coder.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { writeMeta, writeWindow } from "../../engine/meta-codec.js";
import { ShuffleWriter } from "../../engine/shuffle-writer.js";
import type { SpillingBlocks } from "../../engine/spill/spilling-blocks.js";
import { TimeBounds } from "../../engine/time-bounds.js";
import type { ReceiveKeyText } from "../../exec/text/text-ports.js";
import { internalError } from "../../model/errors.js";
import type { BlockSink, Failed } from "./block-sink.js";

/** Pairs that are grouped in the global window, all at once: their meta does not matter. */
export function pairSink(
  coder: Coder<unknown>,
  partitions: number,
  failed: Failed,
  spill?: SpillingBlocks,
): BlockSink {
  const { key, value } = pairCoders(coder);
  const writer = new ShuffleWriter(partitions, spill);
  const { scratch } = writer;
  const keyText: ReceiveKeyText = (bytes, start, end, paired) => {
    writeTextWithLength(bytes, start, end, scratch);
    writer.key();
    try {
      value.encode(paired, scratch);
    } catch (cause) {
      throw failed(cause, [bytes.toString("utf8", start, end), paired]);
    }
    writer.commit();
  };
  return {
    receive(pair) {
      try {
        if (!Array.isArray(pair) || pair.length !== 2) throw notAPair();
        key.encode(pair[0], scratch);
        writer.key();
        value.encode(pair[1], scratch);
      } catch (cause) {
        throw failed(cause, pair);
      }
      writer.commit();
    },
    keyText: key.urn === stringUtf8.urn ? keyText : undefined,
    take: () => writer.take(),
    clear: () => writer.clear(),
  };
}

/**
 * Pairs that are grouped by window and key, all at once: the window stands before the key, and a
 * pair goes once into each of its windows.
 */
export function windowedPairSink(
  coder: Coder<unknown>,
  partitions: number,
  failed: Failed,
  spill?: SpillingBlocks,
): BlockSink {
  const { key, value } = pairCoders(coder);
  const writer = new ShuffleWriter(partitions, spill);
  const { scratch } = writer;
  return {
    receive(pair, { windows }) {
      for (const window of windows) {
        try {
          if (!Array.isArray(pair) || pair.length !== 2) throw notAPair();
          writeWindow(window, scratch);
          key.encode(pair[0], scratch);
          writer.key();
          value.encode(pair[1], scratch);
        } catch (cause) {
          throw failed(cause, pair);
        }
        writer.commit();
      }
    },
    take: () => writer.take(),
    clear: () => writer.clear(),
  };
}

/** Pairs that meet triggers, state or timers: each value has its meta before it. */
export function timedPairSink(
  coder: Coder<unknown>,
  partitions: number,
  failed: Failed,
  spill?: SpillingBlocks,
): BlockSink {
  const { key, value } = pairCoders(coder);
  const writer = new ShuffleWriter(partitions, spill);
  const bounds = new TimeBounds();
  return {
    receive(pair, meta) {
      try {
        if (!Array.isArray(pair) || pair.length !== 2) throw notAPair();
        key.encode(pair[0], writer.scratch);
        writer.key();
        writeMeta(meta, writer.scratch);
        value.encode(pair[1], writer.scratch);
      } catch (cause) {
        throw failed(cause, pair);
      }
      bounds.add(meta);
      writer.commit();
    },
    take() {
      const timed = { form: "timed" as const, ...bounds.take() };
      return writer.take().map((block) => ({ ...block, ...timed }));
    },
    clear() {
      bounds.clear();
      writer.clear();
    },
  };
}

export function pairCoders(coder: Coder<unknown>): {
  readonly key: Coder<unknown>;
  readonly value: Coder<unknown>;
} {
  const [key, value] = coder.components;
  if (key === undefined || value === undefined) throw internalError("A shuffle needs a kv coder");
  return { key, value };
}

function notAPair(): TypeError {
  return new TypeError("grouping needs [key, value] pairs: call keyBy() first");
}
