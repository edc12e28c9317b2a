import type { ColumnMetaData, DecodedArray, PageHeader, SchemaTree } from "hyparquet";
import { ByteReader } from "../../bytes/byte-reader.js";
import { readUtf8 } from "../../bytes/strings.js";
import type { LeafDecoder } from "./leaf-decoder.js";
import type { ParquetLibrary } from "./open-parquet.js";

/** The values of a column in one row group, null where there is none. */
export type ColumnValues = ArrayLike<unknown>;

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
 * Decodes a column that has one value, or null, in each row. Pages, levels and encodings are the
 * library's; what it leaves out are the steps that make an object of each value on its way.
 */
export function readFlatColumn(
  lib: ParquetLibrary,
  bytes: Uint8Array,
  column: FlatColumn,
  rows: number,
): ColumnValues {
  return new FlatColumnReader(lib, bytes, column, rows).read();
}

class FlatColumnReader {
  private readonly lib: ParquetLibrary;
  private readonly bytes: Uint8Array;
  private readonly column: FlatColumn;
  private readonly rows: number;
  private readonly isOptional: boolean;
  private dictionary: ColumnValues | undefined;
  private values: ColumnValues | undefined;
  private filled = 0;

  constructor(lib: ParquetLibrary, bytes: Uint8Array, column: FlatColumn, rows: number) {
    this.lib = lib;
    this.bytes = bytes;
    this.column = column;
    this.rows = rows;
    this.isOptional = column.path.at(-1)?.element.repetition_type === "OPTIONAL";
  }

  read(): ColumnValues {
    const { lib, bytes } = this;
    const reader = { view: viewOf(bytes), offset: 0 };
    while (this.filled < this.rows) {
      if (reader.offset >= bytes.length) throw damaged(`it ends after ${this.filled} values`);
      const header = lib.parquetHeader(reader);
      const end = reader.offset + header.compressed_page_size;
      if (!(end <= bytes.length)) throw damaged("a page reaches beyond it");
      this.readPage(header, bytes.subarray(reader.offset, end));
      reader.offset = end;
    }
    return this.values ?? [];
  }

  private readPage(header: PageHeader, packed: Uint8Array): void {
    const { data_page_header: v1, data_page_header_v2: v2 } = header;
    if (header.type === "DICTIONARY_PAGE") {
      const count = header.dictionary_page_header?.num_values ?? 0;
      this.dictionary = this.plain(this.unpack(packed, header.uncompressed_page_size), 0, count);
    } else if (v1 !== undefined) {
      const page = this.unpack(packed, header.uncompressed_page_size);
      const { num_values: count, encoding } = v1;
      this.readData(page, { header, count, encoding, levels: undefined });
    } else if (v2 !== undefined) {
      const levels = v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
      const size = header.uncompressed_page_size - levels;
      const rest = packed.subarray(levels);
      const values = v2.is_compressed === false ? rest : this.unpack(rest, size);
      const page = Buffer.concat([packed.subarray(0, levels), values]);
      this.readData(page, { header, count: v2.num_values, encoding: v2.encoding, levels });
    } else if (header.type !== "INDEX_PAGE") {
      throw damaged(`it has a page of the type ${header.type}`);
    }
  }

  private readData(page: Uint8Array, described: Page): void {
    const { count, encoding, levels } = described;
    if (count > this.rows - this.filled) throw damaged("it has more values than its row group");
    const reader = { view: viewOf(page), offset: 0 };
    const present = this.isOptional ? this.readLevels(reader, count, levels) : undefined;
    if (levels !== undefined) reader.offset = levels;
    const values = present === undefined ? count : sumOf(present);
    this.append(this.decode(page, reader.offset, values, encoding, described), present, count);
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
    const { chunk, decoder, path } = this.column;
    if (decoder.isText === true && chunk.type === "BYTE_ARRAY") return texts(page, start, count);
    const reader = { view: viewOf(page), offset: start };
    const length = path.at(-1)?.element.type_length;
    return this.converted(this.lib.readPlain(reader, chunk.type, count, length));
  }

  private lookUp(page: Uint8Array, start: number, count: number): ColumnValues {
    const { dictionary } = this;
    if (dictionary === undefined) throw damaged("its dictionary is missing");
    const values = new Array<unknown>(count);
    if (count === 0) return values;
    const width = page[start] as number;
    const indices = new Int32Array(count);
    if (width > 0) {
      const reader = { view: viewOf(page), offset: start + 1 };
      this.lib.readRleBitPackedHybrid(reader, width, indices, page.length - start - 1);
    }
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

  private append(values: ColumnValues, present: Uint8Array | undefined, count: number): void {
    const { rows, filled } = this;
    this.filled += count;
    if (present === undefined && values.length < count) throw damaged("a page has too few values");
    if (filled === 0 && count === rows && present === undefined) {
      this.values = values;
      return;
    }
    this.values ??= new Array<unknown>(rows).fill(null);
    const all = this.values as unknown[];
    if (present === undefined) {
      for (let i = 0; i < count; i++) all[filled + i] = values[i];
      return;
    }
    let next = 0;
    for (let i = 0; i < count; i++) {
      if (present[i] === 1) all[filled + i] = values[next++];
    }
  }

  private unpack(packed: Uint8Array, size: number): Uint8Array {
    const { lib, column } = this;
    return lib.decompressPage(packed, size, column.chunk.codec, lib.compressors);
  }
}

/** Strings that each have their length before them. */
function texts(page: Uint8Array, start: number, count: number): string[] {
  const reader = new ByteReader(page, start);
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
