import type { ColumnMetaData, DecodedArray, PageHeader, SchemaTree } from "hyparquet";
import { ByteReader } from "../../bytes/byte-reader.js";
import { releaseMemory } from "../../bytes/release.js";
import { readUtf8 } from "../../bytes/strings.js";
import { type ColumnValues, sameKind, valuesBetween, withNulls } from "./column-values.js";
import type { LeafDecoder } from "./leaf-decoder.js";
import type { ParquetLibrary } from "./open-parquet.js";

export interface FlatColumn {
  readonly chunk: ColumnMetaData;
  /** From the root to the column. */
  readonly path: SchemaTree[];
  readonly decoder: LeafDecoder;
}

interface Page {
  readonly header: PageHeader;
  readonly count: number;
  /** Bytes of its levels in front, as version 2 has them; undefined for version 1. */
  readonly levels: number | undefined;
  readonly encoding: string;
}

/**
 * Decodes a column that has one value, or null, in each row, page by page. Pages, levels and
 * encodings are the library's; what it leaves out are the steps that make an object of each value on
 * its way.
 */
export class FlatColumnPages {
  private readonly lib: ParquetLibrary;
  private readonly bytes: Uint8Array;
  private readonly column: FlatColumn;
  private readonly rows: number;
  private readonly isOptional: boolean;
  private readonly reader: { view: DataView<ArrayBuffer>; offset: number };
  private dictionary: ColumnValues | undefined;
  private filled = 0;
  /** The page at hand, if it is in memory of its own. */
  private unpacked: Uint8Array | undefined;
  /** What is left of a page of strings that is made into values by and by. */
  private pieces: Iterator<ColumnValues> | undefined;
  private readonly mostTexts: number;

  /** @param mostTexts - Values that are made at once of a page of strings. Default: all. */
  constructor(
    lib: ParquetLibrary,
    bytes: Uint8Array,
    column: FlatColumn,
    rows: number,
    mostTexts = Infinity,
  ) {
    this.lib = lib;
    this.bytes = bytes;
    this.column = column;
    this.rows = rows;
    this.isOptional = column.path.at(-1)?.element.repetition_type === "OPTIONAL";
    this.reader = { view: viewOf(bytes), offset: 0 };
    this.mostTexts = mostTexts;
  }

  /** The values of the rows of the next page; undefined when those of all rows have been read. */
  next(): ColumnValues | undefined {
    const { lib, bytes, reader } = this;
    for (;;) {
      const piece = this.nextPiece();
      if (piece !== undefined) return piece;
      if (this.filled >= this.rows) return undefined;
      if (reader.offset >= bytes.length) throw damaged(`it ends after ${this.filled} values`);
      const header = lib.parquetHeader(reader);
      const end = reader.offset + header.compressed_page_size;
      if (!(end <= bytes.length)) throw damaged("a page reaches beyond it");
      const values = this.readPage(header, bytes.subarray(reader.offset, end));
      reader.offset = end;
      if (this.pieces === undefined) this.release(values ?? this.dictionary);
      if (values !== undefined && values.length > 0) return values;
    }
  }

  private nextPiece(): ColumnValues | undefined {
    const piece = this.pieces?.next();
    if (piece?.done === false) return piece.value;
    if (piece !== undefined) this.release(undefined);
    this.pieces = undefined;
    return undefined;
  }

  /** Undefined for a page without values, and for one that comes in pieces. */
  private readPage(header: PageHeader, packed: Uint8Array): ColumnValues | undefined {
    const { data_page_header: v1, data_page_header_v2: v2 } = header;
    if (header.type === "DICTIONARY_PAGE") {
      const count = header.dictionary_page_header?.num_values ?? 0;
      this.dictionary = this.plain(this.unpack(packed, header.uncompressed_page_size), 0, count);
    } else if (v1 !== undefined) {
      const page = this.unpack(packed, header.uncompressed_page_size);
      const { num_values: count, encoding } = v1;
      return this.readData(page, { header, count, encoding, levels: undefined });
    } else if (v2 !== undefined) {
      const levels = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
      const size = header.uncompressed_page_size - levels;
      const rest = packed.subarray(levels);
      const values = v2.is_compressed === false ? rest : this.unpack(rest, size);
      const page = Buffer.concat([packed.subarray(0, levels), values]);
      return this.readData(page, { header, count: v2.num_values, encoding: v2.encoding, levels });
    } else if (header.type !== "INDEX_PAGE") {
      throw damaged(`it has a page of the type ${header.type}`);
    }
    return undefined;
  }

  private readData(page: Uint8Array, described: Page): ColumnValues | undefined {
    const { count, encoding, levels } = described;
    if (count > this.rows - this.filled) throw damaged("it has more values than its row group");
    const reader = { view: viewOf(page), offset: 0 };
    const present = this.isOptional ? this.readLevels(reader, count, levels) : undefined;
    if (levels !== undefined) reader.offset = levels;
    if (count > this.mostTexts && encoding === "PLAIN" && this.isText) {
      this.pieces = this.textPieces(new ByteReader(page, reader.offset), present, count);
      this.filled += count;
      return undefined;
    }
    const there = present === undefined ? count : sumOf(present);
    const values = this.decode(page, reader.offset, there, encoding, described);
    if (values.length < there) throw damaged("a page has too few values");
    this.filled += count;
    if (present !== undefined) return withNulls(values, present);
    const isOthers = ArrayBuffer.isView(values) && values.buffer === page.buffer;
    // Numbers have their memory to themselves: whoever is done with them gives it back.
    if (isOthers && values.buffer !== this.unpacked?.buffer)
      return (values as Float64Array).slice();
    return values.length === count ? values : valuesBetween(values, 0, count);
  }

  private *textPieces(reader: ByteReader, present: Uint8Array | undefined, count: number) {
    for (let from = 0; from < count; ) {
      const to = Math.min(count, from + this.mostTexts);
      const here = present?.subarray(from, to);
      const values = texts(reader, here === undefined ? to - from : sumOf(here));
      yield here === undefined ? values : withNulls(values, here);
      from = to;
    }
  }

  private get isText(): boolean {
    const { chunk, decoder } = this.column;
    return decoder.isText === true && chunk.type === "BYTE_ARRAY";
  }

  /** 1 for each value that is there; undefined when all are. */
  private readLevels(
    reader: { view: DataView; offset: number },
    count: number,
    length: number | undefined,
  ): Uint8Array | undefined {
    if (length === 0) return undefined;
    const levels = new Uint8Array(count);
    this.lib.readRleBitPackedHybrid(reader, 1, levels, length);
    return levels.includes(0) ? levels : undefined;
  }

  private decode(
    page: Uint8Array,
    start: number,
    count: number,
    encoding: string,
    described: Page,
  ): ColumnValues {
    if (encoding === "PLAIN") return this.plain(page, start, count);
    if (encoding.endsWith("_DICTIONARY")) return this.lookUp(page, start, count);
    return this.converted(this.otherEncoding(page, described));
  }

  private plain(page: Uint8Array, start: number, count: number): ColumnValues {
    const { chunk, path } = this.column;
    if (this.isText) return texts(new ByteReader(page, start), count);
    const reader = { view: viewOf(page), offset: start };
    const length = path.at(-1)?.element.type_length;
    return this.converted(this.lib.readPlain(reader, chunk.type, count, length));
  }

  private lookUp(page: Uint8Array, start: number, count: number): ColumnValues {
    const { dictionary } = this;
    if (dictionary === undefined) throw damaged("its dictionary is missing");
    if (count === 0) return [];
    const width = page[start] as number;
    const indices = new Int32Array(count);
    if (width > 0) {
      const reader = { view: viewOf(page), offset: start + 1 };
      this.lib.readRleBitPackedHybrid(reader, width, indices, page.length - start - 1);
    }
    const values = sameKind(dictionary, count);
    for (let i = 0; i < count; i++) {
      const index = indices[i] as number;
      if (!(index >= 0 && index < dictionary.length)) throw damaged("its dictionary is too short");
      values[i] = dictionary[index];
    }
    return values;
  }

  /** Rare encodings, as the library reads them. */
  private otherEncoding(page: Uint8Array, { header, levels }: Page): DecodedArray {
    const { lib, column } = this;
    const { chunk, path } = column;
    const element = path.at(-1)?.element ?? { name: "" };
    const decoder = {
      ...{ element, schemaPath: path, type: chunk.type, pathInSchema: chunk.path_in_schema },
      ...{ codec: "UNCOMPRESSED" as const, parsers: NO_PARSERS, utf8: false },
    };
    const v1 = header.data_page_header;
    if (levels === undefined && v1 !== undefined)
      return lib.readDataPage(page, v1, decoder).dataPage;
    return lib.readDataPageV2(page, header, decoder).dataPage;
  }

  private converted(raw: ColumnValues): ColumnValues {
    const { decoder } = this.column;
    if (decoder.all !== undefined) return decoder.all(raw);
    const values = new Array<unknown>(raw.length);
    for (let i = 0; i < values.length; i++) values[i] = decoder.one(raw[i]);
    return values;
  }

  private unpack(packed: Uint8Array, size: number): Uint8Array {
    const { lib, column } = this;
    const page = lib.decompressPage(packed, size, column.chunk.codec, lib.compressors);
    const isOwn = page.buffer !== packed.buffer && page.buffer.byteLength === page.length;
    this.unpacked = isOwn ? page : undefined;
    return page;
  }

  /** Of the page at hand, unless the values lie in it. */
  private release(values: ColumnValues | undefined): void {
    const { unpacked } = this;
    const isView = ArrayBuffer.isView(values) && values.buffer === unpacked?.buffer;
    if (unpacked !== undefined && !isView) releaseMemory(unpacked);
    this.unpacked = undefined;
  }
}

/** Strings that each have their length before them. */
function texts(reader: ByteReader, count: number): string[] {
  const { buffer } = reader;
  const values = new Array<string>(count);
  for (let i = 0; i < count; i++) {
    const at = reader.take(4);
    values[i] = readUtf8(reader, buffer.readUInt32LE(at));
  }
  return values;
}

/** What annotated columns would be turned into; the decoder does that. */
const NO_PARSERS = {} as never;

function sumOf(levels: Uint8Array): number {
  let sum = 0;
  for (const level of levels) sum += level;
  return sum;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView<ArrayBuffer> {
  return new DataView(buffer as ArrayBuffer, byteOffset, byteLength);
}

function damaged(state: string): Error {
  return new Error(state);
}
