import { setTimeout as sleep } from "node:timers/promises";
import { BeamlineError } from "../../../model/errors.js";
import type { ByteRange, ReadOptions } from "../file-system.js";
import { faultOf, type S3Action } from "./s3-errors.js";
import { formatS3, type S3Location } from "./s3-path.js";
import type { S3Store } from "./s3-store.js";

const MIB = 1 << 20;
const DEFAULT_BLOCK_SIZE = MIB;
/** One request's share of a range, at most ... */
const LARGEST_PART = 8 * MIB;
/** ... and so many of them at a time: one connection to S3 gives some 80 MB/s, far from all. */
const MOST_PARTS = 4;
/** How often a connection may be lost in a row without a byte in between. */
const MOST_LOSSES = 8;

/**
 * The bytes of a range in blocks. The first request asks for one block, and each further one for
 * twice as much as the one before, while more and more of them are on their way at once: a reader
 * that wants just the end of a line costs little, and one that reads on gets all there is.
 *
 * All requests demand the same ETag, so the blocks are of one object even if it is replaced.
 */
export async function* readS3(
  store: S3Store,
  location: S3Location,
  { start, end }: ByteRange,
  { blockSize = DEFAULT_BLOCK_SIZE, signal, version }: ReadOptions,
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const end_ = () => ending.abort(signal?.reason);
  signal?.addEventListener("abort", end_, { once: true });
  const object = new S3Object(store, location, version, ending.signal);
  const parts: Promise<Buffer>[] = [];
  try {
    let [at, size, taken] = [start, blockSize, 0];
    for (;;) {
      // Which version it is has to be known before there can be a second request.
      const most = object.hasVersion ? Math.min(MOST_PARTS, taken + 2) : 1;
      while (at < end && parts.length < most) {
        const to = Math.min(end, at + size);
        const part = object.fetch(at, to);
        // Whoever asks for the part gets the error; without this it would count as unhandled.
        part.catch(() => {});
        parts.push(part);
        at = to;
        size = Math.min(size * 2, Math.max(LARGEST_PART, blockSize));
      }
      const bytes = await parts.shift();
      signal?.throwIfAborted();
      if (bytes === undefined) return;
      taken++;
      for (let i = 0; i < bytes.length; i += blockSize) {
        yield bytes.subarray(i, Math.min(i + blockSize, bytes.length));
      }
    }
  } finally {
    signal?.removeEventListener("abort", end_);
    ending.abort();
    await Promise.allSettled(parts);
  }
}

/** One version of an object: the one asked for, or else the one that the first answer shows. */
class S3Object {
  private readonly store: S3Store;
  private readonly location: S3Location;
  private readonly signal: AbortSignal;
  private readonly action: S3Action;
  private version: string | undefined;

  constructor(
    store: S3Store,
    location: S3Location,
    version: string | undefined,
    signal: AbortSignal,
  ) {
    this.store = store;
    this.location = location;
    this.version = version;
    this.signal = signal;
    this.action = { verb: "read", path: formatS3(location), permission: "s3:GetObject" };
  }

  get hasVersion(): boolean {
    return this.version !== undefined;
  }

  /** Bytes `[from, to)`. A connection that is lost goes on with a new one where it stopped. */
  async fetch(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(to - from);
    let filled = 0;
    for (let losses = 0; filled < bytes.length; ) {
      const before = filled;
      const body = await this.get(from + filled, to);
      try {
        for await (const chunk of body) {
          const room = bytes.length - filled;
          bytes.set(chunk.length > room ? chunk.subarray(0, room) : chunk, filled);
          filled += Math.min(chunk.length, room);
        }
        if (filled < bytes.length)
          throw new Error(`the answer ended after ${filled - before} bytes`);
      } catch (error) {
        this.signal.throwIfAborted();
        // All is there but the client is not content: its checksum is wrong.
        if (filled === bytes.length) filled = 0;
        losses = filled > before ? 1 : losses + 1;
        if (losses > MOST_LOSSES) throw this.lost(from + filled, error);
        await sleep(delay(losses), undefined, { signal: this.signal });
      }
    }
    return bytes;
  }

  private async get(from: number, to: number): Promise<AsyncIterable<Uint8Array>> {
    const { location, version } = this;
    try {
      const answer = await this.store.run(this.action, this.signal, (client, sdk, options) =>
        client.send(
          new sdk.GetObjectCommand({
            Bucket: location.bucket,
            Key: location.key,
            Range: `bytes=${from}-${to - 1}`,
            ...(version === undefined ? {} : { IfMatch: version }),
          }),
          options,
        ),
      );
      this.version ??= answer.ETag;
      const body = answer.Body as unknown as AsyncIterable<Uint8Array>;
      const total = Number(/\/(\d+)$/.exec(answer.ContentRange ?? "")?.[1] ?? to);
      if (total >= to) return body;
      // Nobody will read it; its connection has to be given up.
      await (body as { readonly destroy?: () => void }).destroy?.();
      throw this.shrank(total, to);
    } catch (error) {
      const cause = error instanceof BeamlineError ? error.cause : undefined;
      if (cause instanceof Error && faultOf(cause).status === 416) throw this.shrank(from, to);
      throw error;
    }
  }

  private shrank(size: number, expected: number): BeamlineError {
    return new BeamlineError(
      "FILE_SHRANK",
      `Cannot read "${this.action.path}": it ends at byte ${size} or before, but had at least ${expected} bytes when the job began; let nobody change the input while the job runs, then run it again`,
    );
  }

  private lost(at: number, cause: unknown): BeamlineError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new BeamlineError(
      "S3_UNREACHABLE",
      `Cannot read "${this.action.path}": the connection was lost ${MOST_LOSSES} times in a row at byte ${at} (${reason}); check the network, then run it again`,
      { origin: "remote", cause },
    );
  }
}

/** 50 ms, doubled with each loss, up to 5 s; half of it is chance, so that readers spread out. */
function delay(losses: number): number {
  const most = Math.min(5000, 50 * 2 ** (losses - 1));
  return most / 2 + (most / 2) * Math.random();
}
