import { intervalWindow } from "../../coders/interval-window.js";
import { ShuffleWriter } from "../../engine/shuffle-writer.js";
import type { SpillingBlocks } from "../../engine/spill/spilling-blocks.js";
import { TimeBounds } from "../../engine/time-bounds.js";
import { internalError } from "../../model/errors.js";
import type { BlockSink, Failed } from "./block-sink.js";
import type { Dataset } from "./plan.js";

/**
 * Keeps a side input as records that a `GroupIndex` reads: the key is the window, where there are
 * windows, and then the element's own key, where it is looked up by key.
 */
export function sideSink(
  { coder, kind, windowing }: Dataset,
  failed: Failed,
  spill?: SpillingBlocks,
): BlockSink {
  const writer = new ShuffleWriter(1, spill);
  const { scratch } = writer;
  const isWindowed = windowing.windowFn.kind !== "global";
  const [keyCoder, valueCoder] = coder.components;
  const write = (value: unknown) => {
    if (kind !== "sideMap") {
      writer.key();
      coder.encode(value, scratch);
      return;
    }
    if (keyCoder === undefined || valueCoder === undefined) {
      throw internalError("A side input of pairs needs a kv coder");
    }
    if (!Array.isArray(value) || value.length !== 2) throw notAPair();
    keyCoder.encode(value[0], scratch);
    writer.key();
    valueCoder.encode(value[1], scratch);
  };
  const file = (value: unknown) => {
    try {
      write(value);
    } catch (cause) {
      throw failed(cause, value);
    }
    writer.commit();
  };
  const bounds = new TimeBounds();
  return {
    receive(value, meta) {
      if (!isWindowed) return file(value);
      bounds.add(meta);
      for (const window of meta.windows) {
        if (window.kind === "interval") intervalWindow.encode(window, scratch);
        file(value);
      }
    },
    take() {
      const blocks = writer.take();
      if (!isWindowed) return blocks;
      const { maxInstant } = bounds.take();
      return blocks.map((block) => ({ ...block, maxInstant }));
    },
    clear() {
      bounds.clear();
      writer.clear();
    },
  };
}

function notAPair(): TypeError {
  return new TypeError("a map or multimap side input needs [key, value] pairs: call keyBy() first");
}
