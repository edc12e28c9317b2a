import { BeamlineError } from "../../model/errors.js";
import { ByteFeed } from "./byte-feed.js";
import type { Codec } from "./codec.js";
import { isZlibError } from "./through-stream.js";
import { DamagedFrame, type ZstdEngine, zstdEngine } from "./zstd-engine.js";
import { BadFrame, nextFrame, piecesOf } from "./zstd-frames.js";

/** Zstandard, in one or many frames. */
export const zstd: Codec = zstdWith(zstdEngine());

/** The codec on top of an engine for single frames. */
export function zstdWith(engine: ZstdEngine): Codec {
  return {
    name: "zstd",
    suffix: ".zst",
    require: (use) => engine.require(use),
    pack: (bytes) => engine.pack(bytes),
    unpack: (path, packed) => unpack(engine, path, packed),
  };
}

async function* unpack(
  engine: ZstdEngine,
  path: string,
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const feed = new ByteFeed(packed);
  let frameStart = 0;
  try {
    for (;;) {
      const header = await nextFrame(feed);
      if (header === undefined) return;
      frameStart = header.start;
      yield* engine.unpack(piecesOf(feed, header), header.hasChecksum);
    }
  } catch (cause) {
    throw described(path, cause, feed.position, frameStart);
  } finally {
    await feed.close();
  }
}

function described(path: string, cause: unknown, position: number, frame: number): unknown {
  const state = stateOf(cause, position, frame);
  if (state === undefined) return cause;
  return new BeamlineError(
    "BAD_ZSTD",
    `Cannot unpack "${path}": ${state}; test it with zstd -t and fetch it again, or read it with { compression: "none" } if it is not packed`,
    { cause },
  );
}

function stateOf(cause: unknown, position: number, frame: number): string | undefined {
  if (cause instanceof BadFrame) {
    return cause.isCutOff
      ? `it is cut off after byte ${cause.position}`
      : `it is damaged or no zstd file (${cause.message}) at byte ${cause.position}`;
  }
  if (cause instanceof DamagedFrame || isZlibError(cause)) {
    return `it is damaged (${cause.message}) near byte ${position}, in the frame that begins at byte ${frame}`;
  }
  return undefined;
}
