import type { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import { readWindow } from "../../engine/meta-codec.js";
import type { Groups } from "../../engine/spill/groups.js";
import type { BundleGate } from "../../exec/bundle-processor.js";
import type { Receive } from "../../exec/receive.js";
import { Turn } from "../../exec/turn.js";
import { type ElementMeta, GLOBAL_FIRING_META } from "../../model/element-meta.js";
import { ONLY_FIRING } from "../../model/pane.js";
import { maxTimestamp } from "../../model/window.js";
import { GroupedValues } from "./grouped-values.js";
import { pairCoders } from "./pair-sinks.js";

/** Gathers the values of each key in the global window. */
export function feedGroups(
  coder: Coder<unknown>,
  loads: Iterable<Groups>,
  receive: Receive,
  gate: BundleGate,
): Promise<void> {
  return feedLoads(coder, loads, () => GLOBAL_FIRING_META, receive, gate);
}

/** Gathers the values of each key and window; the window stands before the key. */
export function feedWindowedGroups(
  coder: Coder<unknown>,
  loads: Iterable<Groups>,
  receive: Receive,
  gate: BundleGate,
): Promise<void> {
  let last: ElementMeta | undefined;
  const metaOf = (key: ByteReader): ElementMeta => {
    const window = readWindow(key);
    const [previous] = last?.windows ?? [];
    const isSame =
      previous?.kind === "interval" &&
      window.kind === "interval" &&
      previous.start === window.start &&
      previous.end === window.end;
    if (last === undefined || !isSame) {
      const windows = Object.freeze([window]);
      last = Object.freeze({ timestamp: maxTimestamp(window), windows, pane: ONLY_FIRING });
    }
    return last;
  };
  return feedLoads(coder, loads, metaOf, receive, gate);
}

/** @param metaOf - Reads what stands before the key itself. */
async function feedLoads(
  coder: Coder<unknown>,
  loads: Iterable<Groups>,
  metaOf: (key: ByteReader) => ElementMeta,
  receive: Receive,
  gate: BundleGate,
): Promise<void> {
  const { key, value } = pairCoders(coder);
  const turn = new Turn();
  for (const groups of loads) {
    for (let group = 0; group < groups.size; group++) {
      const reader = groups.key(group);
      const meta = metaOf(reader);
      const values = new GroupedValues(groups, group, value);
      receive([key.decode(reader), values], meta);
      if (gate.attention) await gate.clear();
      if (turn.isOver()) await turn.pass();
    }
  }
}
