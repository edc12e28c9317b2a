import type { ByteFeed } from "./byte-feed.js";

/** The beginning of a frame of a zstd file, as RFC 8878 has it. */
export interface FrameHeader {
  /** The file's byte at which the frame begins. */
  readonly start: number;
  readonly bytes: Buffer;
  readonly hasChecksum: boolean;
}

const SKIPPABLE = 0x184d2a50;
const MAGIC = 0xfd2fb528;
/** Pieces are handed on together up to this size: each costs a turn of the decoder. */
const PIECE = 128 * 1024;
const SIZES_OF_DICTIONARY_ID = [0, 1, 2, 4];
const SIZES_OF_CONTENT_SIZE = [0, 2, 4, 8];

/** The file does not go on as a zstd file does. */
export class BadFrame extends Error {
  /** The byte of the file at which that shows. */
  readonly position: number;
  readonly isCutOff: boolean;

  constructor(message: string, position: number, isCutOff = false) {
    super(message);
    this.position = position;
    this.isCutOff = isCutOff;
  }
}

/**
 * The header of the next frame, past those that hold no data; undefined at the end of the file. Frames
 * are taken apart here because the decoders at hand stop after the first one.
 */
export async function nextFrame(feed: ByteFeed): Promise<FrameHeader | undefined> {
  for (;;) {
    const start = feed.position;
    if (!(await feed.fill(1))) return undefined;
    const magic = (await take(feed, 4)).readUInt32LE();
    if (magic === MAGIC) return frameHeader(feed, start);
    if ((magic & 0xfffffff0) >>> 0 !== SKIPPABLE) {
      throw new BadFrame("here should be the beginning of a frame", start);
    }
    for (let rest = (await take(feed, 4)).readUInt32LE(); rest > 0; ) {
      const length = Math.min(rest, PIECE);
      await take(feed, length);
      rest -= length;
    }
  }
}

async function frameHeader(feed: ByteFeed, start: number): Promise<FrameHeader> {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  const descriptor = Buffer.from(await take(feed, 1));
  const flags = descriptor[0] ?? 0;
  const isSingleSegment = (flags & 0x20) !== 0;
  const dictionary = SIZES_OF_DICTIONARY_ID[flags & 3] ?? 0;
  const content = SIZES_OF_CONTENT_SIZE[flags >> 6] ?? 0;
  const window = isSingleSegment ? 0 : 1;
  const rest = window + dictionary + (content === 0 && isSingleSegment ? 1 : content);
  const fields = Buffer.from(await take(feed, rest));
  if (fields.subarray(window, window + dictionary).some((byte) => byte !== 0)) {
    throw new BadFrame("it was packed with a dictionary, which is not at hand", start);
  }
  const bytes = Buffer.concat([magic, descriptor, fields]);
  return { start, bytes, hasChecksum: (flags & 4) !== 0 };
}

/**
 * The frame's bytes with its header and without its checksum, in pieces of whole blocks; a piece is
 * valid until the next one is asked for. Returns the checksum: see {@link FrameHeader.hasChecksum}.
 */
export async function* piecesOf(
  feed: ByteFeed,
  { bytes, hasChecksum }: FrameHeader,
): AsyncGenerator<Buffer, number | undefined> {
  yield bytes;
  for (let isLast = false; !isLast; ) {
    let length = 0;
    while (!isLast && length < PIECE) {
      if (!(await feed.fill(length + 3))) throw cutOff(feed);
      const header = feed.bytes.readUIntLE(length, 3);
      const type = (header >> 1) & 3;
      if (type === 3) throw new BadFrame("a block has no type", feed.position + length);
      isLast = (header & 1) === 1;
      length += 3 + (type === 1 ? 1 : header >> 3);
      if (!(await feed.fill(length))) throw cutOff(feed);
    }
    yield feed.take(length);
  }
  return hasChecksum ? (await take(feed, 4)).readUInt32LE() : undefined;
}

async function take(feed: ByteFeed, length: number): Promise<Buffer> {
  if (!(await feed.fill(length))) throw cutOff(feed);
  return feed.take(length);
}

function cutOff(feed: ByteFeed): BadFrame {
  return new BadFrame("it is cut off", feed.position + feed.bytes.length, true);
}
