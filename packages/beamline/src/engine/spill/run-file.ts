import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { releaseMemory } from "../../bytes/release.js";
import type { FrameCodec } from "./frame-codec.js";
import type { Frames, Run } from "./run.js";
import { scratchError } from "./scratch-errors.js";

/** Gathered before it is written: large enough for a disk, small enough for a budget. */
const BUFFER_BYTES = 1024 * 1024;

/** A frame that has been compressed to more than this share is stored as it is. */
const WORTH = 0.94;

/** Writes the frames of one run. Whoever opens it calls `end()`, or `abandon()` where that fails, too. */
export class RunFile {
  private readonly path: string;
  private readonly codec: FrameCodec;
  private readonly descriptor: number;
  private readonly buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  private buffered = 0;
  private offset = 0;
  private bytes = 0;
  private total = 0;
  private readonly offsets: number[] = [];
  private readonly lengths: number[] = [];
  private readonly sizes: number[] = [];
  private readonly records: number[] = [];
  private readonly slices: number[] = [];

  constructor(path: string, codec: FrameCodec) {
    this.path = path;
    this.codec = codec;
    try {
      this.descriptor = openSync(path, "wx", 0o600);
    } catch (cause) {
      throw scratchError("make a file for data that does not fit in memory", path, cause);
    }
  }

  /** Adds a frame. `bytes` is the caller's again afterwards. */
  add(bytes: Buffer, records: number, slice: number): void {
    const packed = this.codec.compress(bytes);
    const stored = packed.length > bytes.length * WORTH ? bytes : packed;
    this.offsets.push(this.offset);
    this.lengths.push(stored.length);
    this.sizes.push(bytes.length);
    this.records.push(records);
    this.slices.push(slice);
    this.write(stored);
    this.offset += stored.length;
    this.bytes += bytes.length;
    this.total += records;
  }

  end(sliceBits: number): Run {
    this.flush();
    closeSync(this.descriptor);
    releaseMemory(this.buffer);
    const frames: Frames = {
      offsets: Float64Array.from(this.offsets),
      lengths: Uint32Array.from(this.lengths),
      sizes: Uint32Array.from(this.sizes),
      records: Uint32Array.from(this.records),
      slices: Uint32Array.from(this.slices),
    };
    return { path: this.path, sliceBits, bytes: this.bytes, records: this.total, frames };
  }

  /** Leaves no file behind. */
  abandon(): void {
    releaseMemory(this.buffer);
    try {
      closeSync(this.descriptor);
    } catch {
      // It has been closed.
    }
    unlinkSync(this.path);
  }

  private write(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES - this.buffered) this.flush();
    if (bytes.length > BUFFER_BYTES) {
      this.put(bytes, bytes.length);
      return;
    }
    this.buffer.set(bytes, this.buffered);
    this.buffered += bytes.length;
  }

  private flush(): void {
    this.put(this.buffer, this.buffered);
    this.buffered = 0;
  }

  private put(bytes: Uint8Array, length: number): void {
    let at = 0;
    try {
      while (at < length) at += writeSync(this.descriptor, bytes, at, length - at);
    } catch (cause) {
      const mb = Math.ceil((this.offset + length) / 1e6);
      throw scratchError(`write ${mb} MB that do not fit in memory`, this.path, cause);
    }
  }
}

/** Removes the file of a run that nobody will read. */
export function removeRun({ path }: Run): void {
  try {
    unlinkSync(path);
  } catch {
    // The folder goes at the end, with everything in it.
  }
}
