import type { ColumnChunk, Encoding, ParquetType, Statistics } from "hyparquet";
import type { ParquetWriteLibrary } from "../open-parquet.js";
import type { FinishedColumns } from "./column-writer.js";
import type { PagePacker } from "./compress.js";
import { Levels } from "./levels.js";
import { notOfType } from "./not-of-type.js";

/** Bytes of a page before it is packed. */
export const PAGE_SIZE = 1 << 20;

/** The smallest and largest value, as far as they are known. */
export interface Bounds {
  readonly min_value: NonNullable<Statistics["min_value"]>;
  readonly max_value: NonNullable<Statistics["max_value"]>;
}

/**
 * The pages of one column in one row group: collects them packed, and puts them into a file once
 * all rows are there.
 */
export class ChunkWriter {
  readonly levels: Levels | undefined;
  private readonly lib: ParquetWriteLibrary;
  private readonly packer: PagePacker;
  private readonly name: string;
  private readonly type: ParquetType;
  private parts: Uint8Array[] = [];
  private size = 0;
  private unpackedSize = 0;
  private values = 0;
  private nulls = 0;
  private dictionarySize: number | undefined;
  private readonly encodings = new Set<Encoding>(["RLE"]);

  constructor(
    lib: ParquetWriteLibrary,
    packer: PagePacker,
    name: string,
    type: ParquetType,
    isOptional: boolean,
  ) {
    this.lib = lib;
    this.packer = packer;
    this.name = name;
    this.type = type;
    this.levels = isOptional ? new Levels() : undefined;
  }

  /** Whether a value is missing, which is noted. Throws where none may be. */
  takesNull(value: unknown): boolean {
    if (value !== null && value !== undefined) return false;
    if (this.levels === undefined) throw notOfType(value, "a value: the field is not nullable");
    this.levels.add(false);
    return true;
  }

  /** Before all data pages. */
  addDictionary(entries: Uint8Array, count: number): void {
    this.encodings.add("PLAIN");
    this.addPage(entries, {
      type: "DICTIONARY_PAGE",
      dictionary_page_header: { num_values: count, encoding: "PLAIN" },
    });
    this.dictionarySize = this.size;
  }

  /** @param count - Values in it, without those that are null. */
  addData(values: Uint8Array, count: number, encoding: Encoding): void {
    const { levels } = this;
    const all = levels?.count ?? count;
    if (all === 0) return;
    this.encodings.add(encoding);
    this.values += all;
    this.nulls += levels?.nulls ?? 0;
    const page = levels === undefined ? values : Buffer.concat([levels.encode(), values]);
    levels?.reset();
    this.addPage(page, {
      type: "DATA_PAGE",
      data_page_header: {
        ...{ num_values: all, encoding },
        ...{ definition_level_encoding: "RLE", repetition_level_encoding: "RLE" },
      },
    });
  }

  /** The column, as it will lie in the file from `start` on; begins anew. */
  finish(start: number, bounds: Bounds | undefined): FinishedColumns {
    const { parts, size, dictionarySize } = this;
    const data = BigInt(start + (dictionarySize ?? 0));
    const chunk: ColumnChunk = {
      file_offset: 0n,
      meta_data: {
        type: this.type,
        encodings: [...this.encodings],
        path_in_schema: [this.name],
        codec: this.packer.codec,
        num_values: BigInt(this.values),
        total_uncompressed_size: BigInt(this.unpackedSize),
        total_compressed_size: BigInt(size),
        data_page_offset: data,
        ...(dictionarySize === undefined ? {} : { dictionary_page_offset: BigInt(start) }),
        statistics: { null_count: BigInt(this.nulls), ...bounds },
      },
    };
    this.parts = [];
    this.size = 0;
    this.unpackedSize = 0;
    this.values = 0;
    this.nulls = 0;
    this.dictionarySize = undefined;
    this.encodings.clear();
    this.encodings.add("RLE");
    return { chunks: [chunk], parts };
  }

  private addPage(page: Uint8Array, header: PageKind): void {
    const { lib, packer } = this;
    const packed = packer.pack(page);
    const head = new lib.ByteWriter(PAGE_HEADER);
    lib.writePageHeader(head, {
      ...header,
      uncompressed_page_size: page.length,
      compressed_page_size: packed.length,
    });
    this.unpackedSize += head.offset + page.length;
    this.size += head.offset + packed.length;
    // What is not packed may be a view of a buffer that is used again.
    this.parts.push(head.getBytes(), packed === page ? Buffer.from(packed) : packed);
  }
}

/** More bytes than the header of a page takes. */
const PAGE_HEADER = 128;

type PageKind = Omit<
  Parameters<ParquetWriteLibrary["writePageHeader"]>[1],
  "uncompressed_page_size" | "compressed_page_size"
>;
