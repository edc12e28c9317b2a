import { ByteReader } from "../../bytes/byte-reader.js";
import { HASH_BYTES } from "../../engine/spill/shuffle-records.js";
import type { SideChunk } from "./bundle-work.js";

/** The records of a side input, which have places as if all chunks stood one behind the other. */
export class SideRecords {
  readonly count: number;
  /** Of all chunks together. */
  readonly bytes: number;
  readonly buffers: readonly Buffer[];
  /** Where each of them begins. */
  readonly starts: readonly number[];
  private readonly reader = new ByteReader(Buffer.alloc(0));

  constructor(chunks: readonly SideChunk[]) {
    this.buffers = chunks.map(({ bytes }) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    );
    let start = 0;
    this.starts = this.buffers.map(({ length }) => {
      start += length;
      return start - length;
    });
    this.bytes = start;
    this.count = chunks.reduce((sum, { records }) => sum + records, 0);
  }

  /** A reader that stands at a place, the same one each time. */
  readerAt(place: number): ByteReader {
    const { buffers, starts, reader } = this;
    let last = starts.length - 1;
    while (last > 0 && (starts[last] as number) > place) last--;
    const buffer = buffers[last] as Buffer;
    reader.buffer = buffer;
    reader.end = buffer.length;
    reader.position = place - (starts[last] as number);
    return reader;
  }

  /** The same of an encoded value, with its length before it. */
  valueAt(place: number): ByteReader {
    const reader = this.readerAt(place);
    const size = reader.readVarint();
    reader.end = reader.position + size;
    return reader;
  }

  /** The encoded key of each record, in a reader that moves on with them. */
  *keys(): Iterable<ByteReader> {
    for (const buffer of this.buffers) {
      const reader = new ByteReader(buffer);
      for (let next = 0; next < buffer.length; ) {
        reader.end = buffer.length;
        reader.position = next + HASH_BYTES;
        const length = reader.readVarint();
        const key = reader.position;
        reader.position += length;
        const size = reader.readVarint();
        next = reader.position + size;
        reader.position = key;
        reader.end = key + length;
        yield reader;
      }
    }
  }
}
