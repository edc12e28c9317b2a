import { closeSync, openSync, readSync } from "node:fs";
import { internalError } from "../../model/errors.js";
import type { FrameCodec } from "./frame-codec.js";
import type { Run } from "./run.js";
import { scratchError } from "./scratch-errors.js";

/** A frame that has been read: its memory is its own. */
export interface Frame {
  readonly bytes: Buffer;
  readonly records: number;
  readonly slice: number;
}

/** Frames that lie side by side are read together, up to so much. */
const READ_BYTES = 512 * 1024;

/** Files that are open at once: systems allow a thousand or so. */
const OPEN_FILES = 200;

/** Reads the frames of runs: one of these a thread. Files stay open until many others are. */
export class RunReader {
  private readonly codec: FrameCodec;
  private readonly files = new Map<string, number>();
  /** Memory for what is read, when nobody is using it. */
  private readonly idle: Buffer[] = [];

  constructor(codec: FrameCodec) {
    this.codec = codec;
  }

  /** The frames of a run, one after the other; every call begins anew. */
  *frames(run: Run): Generator<Frame, void, undefined> {
    const { offsets, lengths, sizes, records, slices } = run.frames;
    for (let first = 0; first < offsets.length; ) {
      const start = offsets[first] as number;
      let end = first;
      let length = 0;
      while (
        end < offsets.length &&
        offsets[end] === start + length &&
        (length === 0 || length + (lengths[end] as number) <= READ_BYTES)
      ) {
        length += lengths[end++] as number;
      }
      const memory = this.read(run, start, length);
      try {
        for (let at = 0; first < end; first++) {
          const packed = lengths[first] as number;
          const bytes = this.unpack(memory.subarray(at, at + packed), sizes[first] as number);
          at += packed;
          yield { bytes, records: records[first] as number, slice: slices[first] as number };
        }
      } finally {
        if (memory.length === READ_BYTES) this.idle.push(memory);
      }
    }
  }

  close(): void {
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
    this.idle.length = 0;
  }

  private unpack(packed: Buffer, size: number): Buffer {
    if (packed.length === size) {
      const copy = Buffer.allocUnsafeSlow(size);
      copy.set(packed);
      return copy;
    }
    const bytes = this.codec.uncompress(packed);
    if (bytes.length !== size) throw internalError("A frame of a run has another size than noted");
    return bytes;
  }

  /** `length` bytes from `start`, in memory of at least that size. */
  private read({ path }: Run, start: number, length: number): Buffer {
    const fits = length <= READ_BYTES;
    const memory = (fits ? this.idle.pop() : undefined) ?? allocate(fits ? READ_BYTES : length);
    try {
      const file = this.open(path);
      for (let at = 0; at < length; ) {
        const got = readSync(file, memory, at, length - at, start + at);
        if (got === 0) throw internalError(`The scratch file ${path} is shorter than it was`);
        at += got;
      }
    } catch (cause) {
      throw scratchError("read back data that did not fit in memory", path, cause);
    }
    return memory;
  }

  private open(path: string): number {
    const { files } = this;
    const present = files.get(path);
    if (present !== undefined) {
      // The last one to be used is the last one to be closed.
      files.delete(path);
      files.set(path, present);
      return present;
    }
    const [oldest] = files;
    if (files.size >= OPEN_FILES && oldest !== undefined) {
      closeSync(oldest[1]);
      files.delete(oldest[0]);
    }
    const file = openSync(path, "r");
    files.set(path, file);
    return file;
  }
}

function allocate(size: number): Buffer {
  return Buffer.allocUnsafeSlow(size);
}
