import type { ColumnChunk, RowGroup, SchemaElement } from "hyparquet";
import { releaseMemory } from "../../../bytes/release.js";
import type { RowSchema } from "../../../coders/row/row-schema.js";
import { BeamlineError, isBeamlineError } from "../../../model/errors.js";
import { TemporaryWriter } from "../../blocks/temporary-writer.js";
import type { TemporaryFile } from "../../text/shard-file.js";
import type { ParquetLibrary, ParquetWriteLibrary } from "../open-parquet.js";
import { openParquet, openParquetWriter } from "../open-parquet.js";
import type { ColumnWriter } from "./column-writer.js";
import { columnsOf } from "./columns-of.js";
import { type PagePacker, pagePacker } from "./compress.js";
import type { ParquetCompression } from "./parquet-compression.js";
import { type DecimalSizes, parquetSchemaOf } from "./parquet-schema.js";
import { type AddRow, type RowAdder, rowAdder } from "./row-adder.js";

/** What all files of an output have in common. */
export interface ParquetFormat {
  readonly folder: string;
  readonly rows: RowSchema;
  /** Rows of a row group. */
  readonly rowGroupSize: number;
  readonly compression: ParquetCompression;
  readonly decimals: DecimalSizes;
}

/** What a process needs to write Parquet. */
export interface ParquetTools {
  readonly lib: ParquetWriteLibrary;
  readonly reading: ParquetLibrary;
  readonly packer: PagePacker;
  readonly adder: RowAdder;
}

/** A row group ends earlier when it has so many bytes before they are packed. */
const MOST_BYTES = 128 << 20;
const MAGIC = Buffer.from("PAR1", "latin1");

/** Throws `PACKAGE_MISSING` where one of them is not installed. */
export async function parquetTools({ compression, rows }: ParquetFormat): Promise<ParquetTools> {
  const [lib, reading] = [await openParquetWriter(), await openParquet()];
  return { lib, reading, packer: await pagePacker(compression), adder: rowAdder(rows, inColumn) };
}

/**
 * Writes rows into a temporary file, one row group at a time. One call at a time, but `abort` may
 * come while another is under way.
 */
export class ParquetShard {
  private readonly format: ParquetFormat;
  private readonly tools: ParquetTools;
  private readonly file: TemporaryWriter;
  private readonly schema: SchemaElement[];
  private readonly columns: readonly ColumnWriter[];
  private readonly groups: RowGroup[] = [];
  private readonly names: ReadonlySet<string>;
  private readonly addRow: AddRow;
  private rows = 0;

  constructor(format: ParquetFormat, tools: ParquetTools) {
    const { rows, decimals, folder } = format;
    this.format = format;
    this.tools = tools;
    this.file = new TemporaryWriter(folder);
    this.schema = parquetSchemaOf(rows, decimals);
    this.columns = columnsOf(tools.lib, tools.reading, tools.packer, rows, this.schema);
    this.addRow = tools.adder(this.columns);
    this.names = new Set(rows.fields.map(({ name }) => name));
  }

  /** Adds a row; a promise when the caller should wait before the next. */
  add(row: unknown): Promise<void> | undefined {
    if (typeof row !== "object" || row === null) throw notARow(row);
    const record = row as Readonly<Record<string, unknown>>;
    this.requireNoOthers(record);
    this.addRow(record);
    this.rows++;
    if (this.rows < this.format.rowGroupSize && (this.rows & 0xfff) !== 0) return undefined;
    return this.rows >= this.format.rowGroupSize || this.held() >= MOST_BYTES
      ? this.flush()
      : undefined;
  }

  async finish(): Promise<TemporaryFile> {
    if (this.rows > 0) await this.flush();
    const { lib } = this.tools;
    const end = new lib.ByteWriter();
    end.offset = this.file.size;
    if (this.file.size === 0) end.appendBytes(MAGIC);
    lib.writeMetadata(end, {
      ...{ version: 1, created_by: "beamline", schema: this.schema, row_groups: this.groups },
      num_rows: this.groups.reduce((sum, { num_rows }) => sum + num_rows, 0n),
      metadata_length: 0,
    });
    end.appendBytes(MAGIC);
    await this.file.write(end.getBytes());
    return this.file.finish(0);
  }

  /** Leaves nothing behind. Does nothing to a finished file. */
  abort(): Promise<void> {
    return this.file.abort();
  }

  private requireNoOthers(record: Readonly<Record<string, unknown>>): void {
    const { columns } = this;
    let next = 0;
    for (const name in record) {
      // Rows mostly have their properties in the order of the schema.
      if (columns[next]?.name === name) next++;
      else if (!this.names.has(name) && record[name] !== undefined) {
        throw unknownField(name, this.names);
      }
    }
  }

  private held(): number {
    return this.columns.reduce((sum, { size }) => sum + size, 0);
  }

  private async flush(): Promise<void> {
    const { file } = this;
    if (file.size === 0) await file.write(MAGIC, false);
    const chunks: ColumnChunk[] = [];
    const start = file.size;
    for (const column of this.columns) {
      const finished = column.finish(file.size);
      chunks.push(...finished.chunks);
      for (const part of finished.parts) {
        const writing = file.write(part);
        if (writing !== undefined) await writing;
        // Pages come by megabytes, which the collector takes for a reason to run.
        if (part.buffer.byteLength === part.length) releaseMemory(part);
      }
    }
    const unpacked = chunks.map(({ meta_data }) => meta_data?.total_uncompressed_size ?? 0n);
    this.groups.push({
      columns: chunks,
      num_rows: BigInt(this.rows),
      total_byte_size: unpacked.reduce((sum, size) => sum + size, 0n),
      total_compressed_size: BigInt(file.size - start),
    });
    this.rows = 0;
  }
}

function notARow(value: unknown): BeamlineError {
  return new BeamlineError(
    "NOT_A_ROW",
    `Cannot write an element to Parquet: it is ${value === null ? "null" : typeof value}, not an object; map() the elements to rows before parquet.write()`,
  );
}

function unknownField(name: string, names: ReadonlySet<string>): BeamlineError {
  return new BeamlineError(
    "UNKNOWN_FIELD",
    `Cannot write a row to Parquet: its property "${name}" is no field of the schema (${[...names].join(", ")}); leave it out, or add it to the schema`,
  );
}

function inColumn(name: string, cause: unknown): unknown {
  if (!isBeamlineError(cause)) return cause;
  const { code, origin } = cause;
  return new BeamlineError(code, `In the column "${name}": ${cause.message}`, { cause, origin });
}
