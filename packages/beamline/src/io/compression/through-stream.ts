import type { Transform } from "node:stream";

/**
 * What a stream of `node:zlib` makes of the blocks. Errors of `packed` are thrown as they are,
 * errors of the stream as zlib's: see {@link isZlibError}.
 */
export async function* throughStream(
  stream: Transform,
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
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
    throw sourceError === undefined ? cause : sourceError.error;
  } finally {
    stream.destroy();
    await feeding;
  }
}

export function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^(Z_|ZSTD_|ERR_ZLIB_)/.test(error.code)
  );
}
