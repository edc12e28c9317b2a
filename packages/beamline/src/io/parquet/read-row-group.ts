import type { ReadOptions } from "../filesystem/file-system.js";
import { ColumnBytes, rangeOf } from "./column-bytes.js";
import { type ColumnValues, joined, valuesBetween } from "./column-values.js";
import type { FileGroup, ParquetFile } from "./footer.js";
import type { PlannedColumn } from "./plan-columns.js";
import { FlatColumnPages } from "./read-flat-column.js";
import { type ColumnPages, RowSlices } from "./row-slices.js";

/** The values of one field in all rows of a row group. */
export interface FieldValues {
  readonly name: string;
  readonly values: ColumnValues;
}

/** Reads the planned columns of a row group, and nothing else of it. */
export async function readRowGroup(
  file: ParquetFile,
  group: FileGroup,
  columns: readonly PlannedColumn[],
  options: ReadOptions,
): Promise<FieldValues[]> {
  return (await LoadedRowGroup.load(file, group, columns, options)).fields();
}

/** The bytes of the planned columns of a row group, to be decoded as a whole or by and by. */
export class LoadedRowGroup {
  readonly rows: number;
  private readonly file: ParquetFile;
  private readonly group: FileGroup;
  private readonly columns: readonly PlannedColumn[];
  private readonly bytes: ColumnBytes;
  /** Columns of several parts, which the library decodes as a whole, by name. */
  private readonly nested: ReadonlyMap<string, ColumnValues>;

  private constructor(
    file: ParquetFile,
    group: FileGroup,
    columns: readonly PlannedColumn[],
    bytes: ColumnBytes,
    nested: ReadonlyMap<string, ColumnValues>,
  ) {
    this.file = file;
    this.group = group;
    this.columns = columns;
    this.bytes = bytes;
    this.nested = nested;
    this.rows = Number(group.group.num_rows);
  }

  static async load(
    file: ParquetFile,
    group: FileGroup,
    columns: readonly PlannedColumn[],
    options: ReadOptions,
  ): Promise<LoadedRowGroup> {
    const present = columns.filter(({ kind }) => kind !== "missing");
    const names = new Set(present.map(({ field }) => field.name));
    const bytes = await ColumnBytes.read(file.path, group.group, names, options);
    const nested = new Map<string, ColumnValues>();
    for (const column of columns) {
      if (column.kind !== "nested") continue;
      const { name } = column.field;
      try {
        nested.set(name, await readNested(file, group, column, bytes));
      } catch (cause) {
        throw inColumn(name, cause);
      }
    }
    return new LoadedRowGroup(file, group, columns, bytes, nested);
  }

  /** What the columns take once they are decoded, in bytes, about. */
  get decodedSize(): number {
    const { columns } = this.group.group;
    return this.columns.reduce((sum, { field, kind }) => {
      if (kind === "missing") return sum;
      const chunks = columns.filter(({ meta_data }) => meta_data?.path_in_schema[0] === field.name);
      return chunks.reduce((size, { meta_data }) => {
        const { total_uncompressed_size = 0n, num_values = 0n } = meta_data ?? {};
        return size + Number(total_uncompressed_size) + VALUE_BYTES * Number(num_values);
      }, sum);
    }, 0);
  }

  /** All of each column. */
  fields(): FieldValues[] {
    return this.columns.map((column) => {
      const { name } = column.field;
      const pages = this.pagesOf(column);
      const parts: ColumnValues[] = [];
      for (let part = pages.next(); part !== undefined; part = pages.next()) parts.push(part);
      return { name, values: joined(parts, this.rows) };
    });
  }

  /** Some rows at a time; every call begins anew. */
  slices(): RowSlices {
    return new RowSlices(
      this.columns.map((column) => this.pagesOf(column, MOST_VALUES)),
      this.rows,
    );
  }

  /** With errors that name the column; nulls are one of them where there may be none. */
  private pagesOf(column: PlannedColumn, mostValues?: number): ColumnPages {
    const { name, type } = column.field;
    const pages = this.rawPagesOf(column, mostValues);
    let row = 0;
    return {
      next() {
        try {
          const values = pages.next();
          if (values === undefined) return undefined;
          if (type.nullable !== true) requireNoNulls(values, row);
          row += values.length;
          return values;
        } catch (cause) {
          throw inColumn(name, cause);
        }
      },
    };
  }

  private rawPagesOf(column: PlannedColumn, mostValues: number | undefined): ColumnPages {
    const { group, file, rows, bytes, nested } = this;
    const { name } = column.field;
    switch (column.kind) {
      case "missing":
        return pagesOfOne(column.value, rows, mostValues);
      case "nested":
        return onePage(nested.get(name) ?? []);
      case "flat": {
        const chunks = group.group.columns;
        const chunk = chunks.find(({ meta_data }) => meta_data?.path_in_schema[0] === name);
        if (chunk?.meta_data === undefined) {
          throw inColumn(name, new Error("the row group lacks it"));
        }
        const { start, end } = rangeOf(chunk.meta_data);
        const flat = { ...column, chunk: chunk.meta_data };
        return new FlatColumnPages(file.lib, bytes.at(start, end), flat, rows, mostValues);
      }
    }
  }
}

/** Values that are made at once where there is little room: a page may be a whole column. */
const MOST_VALUES = 1 << 14;

/** A value's place in an array, and half of what a string or an object takes besides its characters. */
const VALUE_BYTES = 16;

/** The same value in all rows. */
function pagesOfOne(value: unknown, rows: number, most = rows): ColumnPages {
  const page = new Array<unknown>(Math.min(rows, most)).fill(value);
  let left = rows;
  return {
    next() {
      const count = Math.min(left, page.length);
      left -= count;
      return count === 0 ? undefined : valuesBetween(page, 0, count);
    },
  };
}

function onePage(values: ColumnValues): ColumnPages {
  let left: ColumnValues | undefined = values.length === 0 ? undefined : values;
  return {
    next() {
      const page = left;
      left = undefined;
      return page;
    },
  };
}

function inColumn(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`column "${name}": ${reason}`, { cause });
}

/** A column of several parts, put together by the library. */
async function readNested(
  { lib, stored }: ParquetFile,
  { group, index }: FileGroup,
  { field, decode }: Extract<PlannedColumn, { kind: "nested" }>,
  bytes: ColumnBytes,
): Promise<ColumnValues> {
  const { name: column } = field;
  const slice = (start: number, end = start) => {
    const piece = bytes.at(start, end);
    return piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length) as ArrayBuffer;
  };
  const metadata = { ...stored, row_groups: stored.row_groups.slice(index, index + 1) };
  const scan = await lib.parquetScan({
    ...{ file: { byteLength: Number.MAX_SAFE_INTEGER, slice }, metadata, columns: [column] },
    ...{ compressors: lib.compressors, utf8: false, useOffsetIndex: false },
  });
  const rowEnd = Number(group.num_rows);
  const raw: ColumnValues = await scan.readColumn({ column, rowStart: 0, rowEnd });
  return Array.from(raw, (value) => (value === null || value === undefined ? null : decode(value)));
}

/** @param first - The row of the row group that the values begin with. */
function requireNoNulls(values: ColumnValues, first: number): void {
  // Typed arrays hold none.
  if (!Array.isArray(values)) return;
  const at = values.indexOf(null);
  if (at >= 0) {
    throw new Error(
      `row ${first + at} of the row group is null, and the schema has it as not nullable`,
    );
  }
}
