import { promisify } from "node:util";
import { createGunzip, gzip as gzipOf } from "node:zlib";
import { BeamlineError } from "../../model/errors.js";
import type { Codec } from "./codec.js";
import { isZlibError, throughStream } from "./through-stream.js";

const CHUNK_SIZE = 256 * 1024;
const pack = promisify<Uint8Array, Buffer>(gzipOf);

/** Gzip, in one or many members, as `cat a.gz b.gz`, `bgzip` and `pigz` make them. */
export const gzip: Codec = {
  name: "gzip",
  suffix: ".gz",
  async require() {},
  pack,
  unpack: gunzip,
};

async function* gunzip(path: string, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: CHUNK_SIZE });
  try {
    yield* throughStream(stream, packed);
  } catch (cause) {
    if (!isZlibError(cause)) throw cause;
    const state = /unexpected end of file/.test(cause.message)
      ? `it is cut off after byte ${stream.bytesWritten}`
      : `it is damaged or no gzip file (${cause.message}) near byte ${stream.bytesWritten}`;
    throw new BeamlineError(
      "BAD_GZIP",
      `Cannot unpack "${path}": ${state}; test it with gzip -t and fetch it again, or read it with { compression: "none" } if it is not packed`,
      { cause },
    );
  }
}
