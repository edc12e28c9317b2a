import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import type { EmitPane, WindowedGrouper } from "../../engine/grouping/windowed-grouper.js";
import { MetaReader } from "../../engine/meta-codec.js";
import type { RecordReader } from "../../engine/shuffle-reader.js";
import type { Times } from "../../engine/times.js";
import type { BundleGate } from "../../exec/bundle-processor.js";
import type { Receive } from "../../exec/receive.js";
import { Turn } from "../../exec/turn.js";
import { PaneValues } from "./grouped-values.js";
import { pairCoders } from "./pair-sinks.js";

interface Input {
  /** Each has all that there is of its keys, where input ends. */
  readonly input: Iterable<RecordReader>;
  /** When the elements come in. */
  readonly arrival: Times;
  /** When they have all come in. */
  readonly end: Times;
}

/** Groups by key and window as triggers will have it. */
export async function feedTriggered(
  coder: Coder<unknown>,
  grouper: WindowedGrouper,
  receive: Receive,
  gate: BundleGate,
  { input, arrival, end }: Input,
): Promise<void> {
  const { key, value } = pairCoders(coder);
  const emit: EmitPane = (keyBytes, values, meta) => {
    receive([key.decode(new ByteReader(keyBytes)), new PaneValues(values, value)], meta);
  };
  const turn = new Turn();
  const metas = new MetaReader();
  for (const records of input) {
    while (records.next()) {
      const meta = metas.read(records.value);
      grouper.add(rest(records.key), rest(records.value), meta, arrival, emit);
      if (gate.attention) await gate.clear();
      if (turn.isOver()) await turn.pass();
    }
    grouper.advance(end, emit);
    if (gate.attention) await gate.clear();
  }
}

function rest({ buffer, position, end }: ByteReader): Uint8Array {
  return buffer.subarray(position, end);
}
