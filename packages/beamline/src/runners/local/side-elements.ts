import type { Coder } from "../../coders/coder.js";
import { HASH_BYTES } from "../../engine/spill/shuffle-records.js";
import type { SideRecords } from "./side-records.js";

/** All values of a side input, in the order in which they came; each iteration begins anew. */
export class SideElements implements Iterable<unknown> {
  private readonly records: SideRecords;
  private readonly coder: Coder<unknown>;

  constructor(records: SideRecords, coder: Coder<unknown>) {
    this.records = records;
    this.coder = coder;
  }

  // By hand, as `GroupedValues` has it.
  [Symbol.iterator](): Iterator<unknown> {
    const { records, coder } = this;
    let place = 0;
    return {
      next() {
        if (place >= records.bytes) return { done: true, value: undefined };
        const reader = records.readerAt(place + HASH_BYTES);
        const start = reader.position;
        const key = reader.readVarint();
        reader.position += key;
        const size = reader.readVarint();
        const end = reader.position + size;
        place += HASH_BYTES + end - start;
        reader.end = end;
        return { done: false, value: coder.decode(reader) };
      },
    };
  }
}
