import { crc32 } from "node:zlib";

/** Of a stored block (RFC 1951 §3.2.4), in bytes. */
const MOST = 0xffff;
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const LAST_BLOCK = Buffer.from([1, 0, 0, 0xff, 0xff]);

/**
 * A gzip file (RFC 1952) of the bytes as they are: for layers of jars, which are packed already.
 * Every tool takes a gzip layer, not every one a plain archive; and unlike zlib's output these
 * bytes are the same everywhere.
 */
export async function* storedGzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield HEADER;
  let [crc, size] = [0, 0];
  for await (const chunk of chunks) {
    crc = crc32(chunk, crc);
    size += chunk.length;
    for (let at = 0; at < chunk.length; at += MOST) {
      const block = chunk.subarray(at, at + MOST);
      const head = Buffer.alloc(5);
      head.writeUInt16LE(block.length, 1);
      head.writeUInt16LE(~block.length & 0xffff, 3);
      yield head;
      yield block;
    }
  }
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc, 0);
  end.writeUInt32LE(size % 2 ** 32, 4);
  yield LAST_BLOCK;
  yield end;
}
