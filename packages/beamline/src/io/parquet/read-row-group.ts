import type { ReadOptions } from "../filesystem/file-system.js";
import { ColumnBytes, rangeOf } from "./column-bytes.js";
import type { FileGroup, ParquetFile } from "./footer.js";
import type { PlannedColumn } from "./plan-columns.js";
import { type ColumnValues, readFlatColumn } from "./read-flat-column.js";

/** The values of one field in all rows of a row group. */
export interface FieldValues {
  readonly name: string;
  readonly values: ColumnValues;
  /** Null where a value is missing: a property that is left out. */
  readonly isOptional: boolean;
}

/** Reads the planned columns of a row group, and nothing else of it. */
export async function readRowGroup(
  file: ParquetFile,
  group: FileGroup,
  columns: readonly PlannedColumn[],
  options: ReadOptions,
): Promise<FieldValues[]> {
  const present = columns.filter(({ kind }) => kind !== "missing");
  const names = new Set(present.map(({ field }) => field.name));
  const bytes = await ColumnBytes.read(file.path, group.group, names, options);
  const rows = Number(group.group.num_rows);
  const all: FieldValues[] = [];
  for (const column of columns) {
    const { name, isOptional = false, type } = column.field;
    try {
      const values = await valuesOf(file, group, column, bytes, rows);
      if (type.nullable !== true) requireNoNulls(values);
      all.push({ name, values, isOptional });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`column "${name}": ${reason}`, { cause });
    }
  }
  return all;
}

async function valuesOf(
  file: ParquetFile,
  { group, index }: FileGroup,
  column: PlannedColumn,
  bytes: ColumnBytes,
  rows: number,
): Promise<ColumnValues> {
  const { name } = column.field;
  if (column.kind === "missing") return new Array<unknown>(rows).fill(column.value);
  if (column.kind === "flat") {
    const chunk = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name);
    if (chunk?.meta_data === undefined) throw new Error("the row group lacks it");
    const { start, end } = rangeOf(chunk.meta_data);
    return readFlatColumn(
      file.lib,
      bytes.at(start, end),
      { ...column, chunk: chunk.meta_data },
      rows,
    );
  }
  const raw = await readNested(file, index, name, bytes, rows);
  return Array.from(raw, (value) =>
    value === null || value === undefined ? null : column.decode(value),
  );
}

/** A column of several parts, put together by the library. */
async function readNested(
  { lib, stored }: ParquetFile,
  index: number,
  column: string,
  bytes: ColumnBytes,
  rows: number,
): Promise<ColumnValues> {
  const slice = (start: number, end = start) => {
    const piece = bytes.at(start, end);
    return piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.length) as ArrayBuffer;
  };
  const metadata = { ...stored, row_groups: stored.row_groups.slice(index, index + 1) };
  const scan = await lib.parquetScan({
    ...{ file: { byteLength: Number.MAX_SAFE_INTEGER, slice }, metadata, columns: [column] },
    ...{ compressors: lib.compressors, utf8: false, useOffsetIndex: false },
  });
  return scan.readColumn({ column, rowStart: 0, rowEnd: rows });
}

function requireNoNulls(values: ColumnValues): void {
  // Typed arrays hold none.
  if (!Array.isArray(values)) return;
  const at = values.indexOf(null);
  if (at >= 0) {
    throw new Error(`row ${at} of the row group is null, and the schema has it as not nullable`);
  }
}
