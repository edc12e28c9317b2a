import type { ColumnMetaData, RowGroup } from "hyparquet";
import type { ByteRange, ReadOptions } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";
import { readBytes } from "./read-bytes.js";

/** Gaps up to here are read along: that costs less than another request. */
const GAP = 256 * 1024;

interface Piece extends ByteRange {
  readonly bytes: Buffer;
}

/** The bytes of some columns of a row group. */
export class ColumnBytes {
  private readonly pieces: readonly Piece[];

  private constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  /** Reads what belongs to the given top-level columns, neighbours in one go. */
  static async read(
    path: string,
    { columns }: RowGroup,
    names: ReadonlySet<string>,
    options: ReadOptions,
  ): Promise<ColumnBytes> {
    const { fileSystem, path: located } = await locate(path);
    const ranges = columns.flatMap(({ meta_data }) =>
      meta_data !== undefined && names.has(meta_data.path_in_schema[0] ?? "")
        ? [rangeOf(meta_data)]
        : [],
    );
    const pieces: Piece[] = [];
    for (const range of joined(ranges)) {
      pieces.push({ ...range, bytes: await readBytes(fileSystem, located, range, options) });
    }
    return new ColumnBytes(pieces);
  }

  at(start: number, end: number): Buffer {
    const piece = this.pieces.find((each) => each.start <= start && end <= each.end);
    if (piece === undefined) throw new Error(`bytes ${start} to ${end} belong to no column`);
    return piece.bytes.subarray(start - piece.start, end - piece.start);
  }
}

/** Where a column of a row group lies, its dictionary included. */
export function rangeOf(chunk: ColumnMetaData): ByteRange {
  const { data_page_offset: data, dictionary_page_offset: dictionary } = chunk;
  // 0 stands for none in files of some writers.
  const hasDictionary = dictionary !== undefined && dictionary > 0n && dictionary < data;
  const start = Number(hasDictionary ? dictionary : data);
  return { start, end: start + Number(chunk.total_compressed_size) };
}

function joined(ranges: readonly ByteRange[]): ByteRange[] {
  const all: ByteRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last !== undefined && range.start <= last.end + GAP) {
      all[all.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      all.push(range);
    }
  }
  return all;
}
