import { createGunzip } from "node:zlib";
import { BeamlineError } from "../../model/errors.js";

const CHUNK_SIZE = 256 * 1024;

/**
 * Unpacks a gzip file, also one of several members. A file that is cut off or damaged throws
 * `BAD_GZIP` with the byte of the compressed file up to which it could be understood.
 */
export async function* gunzip(path: string, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: CHUNK_SIZE });
  const closed = new Promise<void>((resolve) => stream.once("close", resolve));
  let sourceError: { readonly error: unknown } | undefined;
  const feed = async () => {
    try {
      for await (const block of packed) {
        if (stream.destroyed) return;
        // The block may be used again once we ask for the next one, so wait until it is consumed.
        const written = new Promise<void>((resolve) => stream.write(block, () => resolve()));
        await Promise.race([written, closed]);
      }
      stream.end();
    } catch (error) {
      sourceError = { error };
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const feeding = feed();
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (cause) {
    if (sourceError !== undefined) throw sourceError.error;
    if (!isZlibError(cause)) throw cause;
    const state = /unexpected end of file/.test(cause.message)
      ? `it is cut off after byte ${stream.bytesWritten}`
      : `it is damaged or no gzip file (${cause.message}) near byte ${stream.bytesWritten}`;
    throw new BeamlineError(
      "BAD_GZIP",
      `Cannot unpack "${path}": ${state}; test it with gzip -t and fetch it again, or read it with { compression: "none" } if it is plain text`,
      { cause },
    );
  } finally {
    stream.destroy();
    await feeding;
  }
}

function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    (error.code.startsWith("Z_") || error.code === "ERR_ZLIB_INITIALIZATION_FAILED")
  );
}
