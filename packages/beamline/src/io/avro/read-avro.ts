import type { OffsetRange } from "../../fn/offset-range.js";
import { type Block, ReadBlocks, type Records } from "../blocks/read-blocks.js";
import { ByteFeed } from "../compression/byte-feed.js";
import { locate } from "../filesystem/file-systems.js";
import type { InputFile } from "../filesystem/input-file.js";
import { type Unpack, unpackerOf } from "./codecs.js";
import { type AvroHeader, MARKER_SIZE, notAvro, readHeader, readLong } from "./container.js";
import { openAvro } from "./open-avro.js";
import { RecordDecoder, type WantedRows } from "./record-decoder.js";

/** A file whose header has been read. */
export interface AvroFile {
  readonly header: AvroHeader;
  readonly unpack: Unpack;
  readonly decoder: RecordDecoder;
}

/** Throws for what is no Avro, is packed in a way that is not known, or does not fit. */
export async function openAvroFile(
  file: Pick<InputFile, "path" | "size" | "version">,
  wanted: WantedRows,
  signal?: AbortSignal,
): Promise<AvroFile> {
  const lib = await openAvro("read Avro files");
  const header = await readHeader(file, signal);
  const unpack = unpackerOf(header.codec);
  if (unpack === undefined) {
    throw notAvro(
      file.path,
      `it is packed with ${header.codec}, and null, deflate, snappy and zstandard are known`,
    );
  }
  return { header, unpack, decoder: new RecordDecoder(lib, file.path, header.schema, wanted) };
}

const MIB = 1 << 20;
/** To finish the last block beyond the end of a range. */
const TAIL = 64 * 1024;
/** No writer makes larger blocks: a length beyond is damaged. */
const MOST_BYTES = 1 << 30;
/** Two varints. */
const FRAME = 20;

/** The records of Avro files. A block belongs to the range in which it begins. */
export class ReadAvro<T> extends ReadBlocks<T> {
  private readonly wanted: WantedRows;
  /** Ranges of one file mostly come one after the other. */
  private last: { readonly key: string; readonly file: AvroFile } | undefined;

  constructor(wanted: WantedRows, onError: "fail" | "collect") {
    super(onError);
    this.wanted = wanted;
  }

  protected override async *blocks(
    source: InputFile,
    range: OffsetRange,
    signal: AbortSignal,
  ): AsyncGenerator<Block<T>> {
    const file = await this.open(source, signal);
    const { marker, size } = file.header;
    const [start, end] = range;
    // The marker that ends at the beginning of the first block may begin before the range.
    const first = Math.max(start - MARKER_SIZE, size - MARKER_SIZE);
    const feed = new ByteFeed(bytesFrom(source, first, end, signal));
    try {
      for (;;) {
        if (!(await toMarker(feed, marker))) return;
        // As long as blocks are sound, each is followed by the next.
        for (let sound = true; sound; ) {
          const at = first + feed.position;
          if (at >= end || at >= source.size) return;
          const frame = await nextFrame(feed, marker);
          sound = typeof frame !== "string";
          yield {
            start: at,
            name: `the block at byte ${at}`,
            read: async () => {
              if (typeof frame === "string") throw new Error(frame);
              return this.read(file, frame);
            },
          };
        }
      }
    } finally {
      await feed.close();
    }
  }

  private async read({ unpack, decoder }: AvroFile, { count, bytes }: Frame): Promise<Records<T>> {
    const records = decoder.decode(count, await unpack(bytes));
    if (records.length !== count) throw new Error(`it has ${records.length} records, not ${count}`);
    return { count, at: (i) => records[i] as T };
  }

  private async open(source: InputFile, signal: AbortSignal): Promise<AvroFile> {
    const { path, size, version } = source;
    const key = `${size} ${version ?? ""} ${path}`;
    if (this.last?.key === key) return this.last.file;
    const file = await openAvroFile(source, this.wanted, signal);
    this.last = { key, file };
    return file;
  }
}

interface Frame {
  readonly count: number;
  readonly bytes: Buffer;
}

/** The next block, of which the bytes are a copy; in words what is wrong with it. */
async function nextFrame(feed: ByteFeed, marker: Buffer): Promise<Frame | string> {
  await feed.fill(FRAME);
  const count = readLong(feed.bytes, 0);
  const size = count && readLong(feed.bytes, count.end);
  if (count === undefined || size === undefined) return "the file ends in the midst of it";
  if (count.value < 0 || size.value < 0 || size.value > MOST_BYTES) {
    return "its length is damaged";
  }
  const end = size.end + size.value;
  if (!(await feed.fill(end + MARKER_SIZE))) return "the file ends in the midst of it";
  if (!feed.bytes.subarray(end, end + MARKER_SIZE).equals(marker)) {
    return "what should be its end is none";
  }
  const block = feed.take(end + MARKER_SIZE);
  return { count: count.value, bytes: Buffer.from(block.subarray(size.end, end)) };
}

/** Moves behind the next marker; false when there is none. */
async function toMarker(feed: ByteFeed, marker: Buffer): Promise<boolean> {
  for (let wanted = MARKER_SIZE; ; wanted = feed.bytes.length + MARKER_SIZE) {
    const isMore = await feed.fill(wanted);
    const at = feed.bytes.indexOf(marker);
    if (at >= 0) {
      feed.take(at + MARKER_SIZE);
      return true;
    }
    if (!isMore) return false;
    feed.take(Math.max(0, feed.bytes.length - MARKER_SIZE + 1));
  }
}

/** A range in large blocks, and what comes after it in small ones: little of that is wanted. */
async function* bytesFrom(
  { path, size, version }: InputFile,
  start: number,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { fileSystem, path: located } = await locate(path);
  const options = { signal, version };
  const middle = Math.min(Math.max(end, start), size);
  yield* fileSystem.read(located, { start, end: middle }, { ...options, blockSize: MIB });
  if (middle < size) {
    yield* fileSystem.read(located, { start: middle, end: size }, { ...options, blockSize: TAIL });
  }
}
