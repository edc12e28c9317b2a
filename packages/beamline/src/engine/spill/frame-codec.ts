import { createRequire } from "node:module";

/** Compresses frames of spilled records. */
export interface FrameCodec {
  readonly name: string;
  compress(bytes: Buffer): Uint8Array;
  /** Into memory of its own. */
  uncompress(bytes: Buffer): Buffer;
}

/** What of the package "snappy" is used. */
interface Snappy {
  compressSync(bytes: Buffer, options: { copyOutputData: boolean }): Buffer;
  uncompressSync(bytes: Buffer, options: { asBuffer: true; copyOutputData: boolean }): Buffer;
}

/** Frames as they are. */
export const PLAIN_FRAMES: FrameCodec = {
  name: "none",
  compress: (bytes) => bytes,
  uncompress(bytes) {
    const own = Buffer.allocUnsafeSlow(bytes.length);
    own.set(bytes);
    return own;
  },
};

/**
 * Snappy, where its native package is installed, or else frames as they are: zlib at its fastest
 * takes three times the processor time of Snappy on text, more than most disks save (docs/memory.md).
 * It is loaded with the first frame: most jobs have none.
 */
export function openFrameCodec(load: (name: string) => unknown = loadPackage): FrameCodec {
  let opened: FrameCodec | undefined;
  const codec = (): FrameCodec => {
    opened ??= snappyFrames(load) ?? PLAIN_FRAMES;
    return opened;
  };
  return {
    get name() {
      return codec().name;
    },
    compress: (bytes) => codec().compress(bytes),
    uncompress: (bytes) => codec().uncompress(bytes),
  };
}

function snappyFrames(load: (name: string) => unknown): FrameCodec | undefined {
  let snappy: Snappy;
  try {
    snappy = load("snappy") as Snappy;
  } catch {
    return undefined;
  }
  // Copies: memory that the addon owns is given back late, when a collector happens to run.
  const copy = { copyOutputData: true };
  return {
    name: "snappy",
    compress: (bytes) => snappy.compressSync(bytes, copy),
    uncompress: (bytes) => snappy.uncompressSync(bytes, { asBuffer: true, ...copy }),
  };
}

function loadPackage(name: string): unknown {
  return createRequire(import.meta.url)(name);
}
