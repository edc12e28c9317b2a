import type { Compression } from "../compression/codec.js";
import { codecOf, requirePlain } from "../compression/codecs.js";
import { locate } from "../filesystem/file-systems.js";
import type { InputFile } from "../filesystem/input-file.js";
import { RecordCutter } from "./record-cutter.js";
import type { RecordFormat } from "./record-format.js";

export interface BlocksOptions {
  readonly compression: Compression;
  readonly blockSize?: number | undefined;
  readonly signal: AbortSignal;
}

const MIB = 1 << 20;
/** To finish the last record beyond the end of a range, or to see the first one of a file. */
const SHORT_BLOCK_SIZE = 64 * 1024;

/**
 * The bytes of a file as they are without packing: from the byte before the range on, and on beyond
 * it, in shorter blocks, for as long as someone asks. Default: all of them.
 */
export async function* blocksOf(
  { path, size, version }: InputFile,
  range: readonly [start: number, end: number] | undefined,
  { compression, blockSize = MIB, signal }: BlocksOptions,
): AsyncGenerator<Buffer> {
  const { fileSystem, path: located } = await locate(path);
  const codec = codecOf(path, compression);
  const [start, end] = range ?? [0, size];
  const from = Math.max(0, start - 1);
  const options = { blockSize, signal, version };
  const blocks = fileSystem.read(located, { start: from, end }, options);
  if (codec !== undefined) {
    if (size > 0) yield* codec.unpack(path, blocks);
    return;
  }
  let isFirst = from === 0;
  for await (const block of blocks) {
    if (isFirst) requirePlain(path, block);
    isFirst = false;
    yield block;
  }
  if (end >= size) return;
  const tail = { ...options, blockSize: Math.min(blockSize, SHORT_BLOCK_SIZE) };
  yield* fileSystem.read(located, { start: end, end: size }, tail);
}

/** The first record of a file that is none of those to ignore; undefined where there is none. */
export async function firstRecord<T>(
  file: InputFile,
  { isIgnored, longest, quoting }: RecordFormat<T>,
  { compression, signal }: BlocksOptions,
): Promise<string | undefined> {
  let first: string | undefined;
  const cutter = new RecordCutter({
    offset: 0,
    skipFirst: false,
    longest,
    quoting,
    claim: () => first === undefined,
    end: () => Number.POSITIVE_INFINITY,
    emit: (text) => {
      if (first === undefined && !isIgnored(text)) first = text;
    },
    refuse: () => {},
  });
  const options = { compression, signal, blockSize: SHORT_BLOCK_SIZE };
  for await (const block of blocksOf(file, undefined, options)) {
    cutter.take(block);
    while (cutter.cutSome());
    if (first !== undefined) return first;
  }
  cutter.endOfFile();
  while (cutter.cutSome());
  return first;
}
