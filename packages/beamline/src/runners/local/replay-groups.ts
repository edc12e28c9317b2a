import type { ByteReader } from "../../bytes/byte-reader.js";
import type { Block } from "../../engine/block.js";
import type { WindowedGrouper } from "../../engine/grouping/windowed-grouper.js";
import { MetaReader } from "../../engine/meta-codec.js";
import { ShuffleReader } from "../../engine/shuffle-reader.js";
import type { Times } from "../../engine/times.js";

/** Takes a bundle's elements in again; what they made a grouper emit has long been emitted. */
export function replayGroups(
  grouper: WindowedGrouper,
  blocks: readonly Block[],
  times: Times,
): void {
  const metas = new MetaReader();
  const records = new ShuffleReader(blocks);
  grouper.begin();
  while (records.next()) {
    const meta = metas.read(records.value);
    grouper.add(rest(records.key), rest(records.value), meta, times, ignore);
  }
  grouper.advance(times, ignore);
  grouper.commit();
}

function ignore(): void {}

function rest({ buffer, position, end }: ByteReader): Uint8Array {
  return buffer.subarray(position, end);
}
