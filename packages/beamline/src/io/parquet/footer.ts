import type { FileMetaData, RowGroup, SchemaTree } from "hyparquet";
import { BeamlineError } from "../../model/errors.js";
import type { ReadOptions } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";
import { openParquet, type ParquetLibrary } from "./open-parquet.js";
import { type ColumnPlan, planColumns, storedSchema, type WantedRows } from "./plan-columns.js";
import { readBytes } from "./read-bytes.js";

/** A file of which the end has been read. */
export interface ParquetFile {
  readonly lib: ParquetLibrary;
  readonly path: string;
  readonly metadata: FileMetaData;
  /** With leaves as they are stored. */
  readonly stored: FileMetaData;
  readonly root: SchemaTree;
  readonly groups: readonly FileGroup[];
}

/** A row group and where it lies. */
export interface FileGroup {
  readonly index: number;
  readonly group: RowGroup;
  /** The first byte of its first column. */
  readonly start: number;
}

export interface FileToRead {
  readonly path: string;
  readonly size: number;
  readonly version?: string | undefined;
}

/** Read first: the footer of most files is in there. */
const TAIL = 64 * 1024;
const MAGIC = "PAR1";

/** Reads the footer of a file. Throws `BAD_PARQUET` for what is none. */
export async function openFile(
  { path, size, version }: FileToRead,
  signal?: AbortSignal,
): Promise<ParquetFile> {
  const lib = await openParquet();
  const { fileSystem, path: located } = await locate(path);
  const options: ReadOptions = { version, ...(signal === undefined ? {} : { signal }) };
  const bytesOf = (start: number) => readBytes(fileSystem, located, { start, end: size }, options);
  if (size < 12) throw notParquet(path, `it has ${size} bytes, which is too few`);
  let tail = await bytesOf(Math.max(0, size - TAIL));
  const end = tail.toString("latin1", tail.length - 4);
  if (end === "PARE") throw notParquet(path, "it is encrypted, which is not supported");
  if (end !== MAGIC) {
    throw notParquet(path, "it does not end in PAR1: it was cut off, or is no Parquet file");
  }
  const length = tail.readUInt32LE(tail.length - 8) + 8;
  if (length > size - 4) throw notParquet(path, `its footer of ${length} bytes is larger than it`);
  if (length > tail.length) tail = await bytesOf(size - length);
  try {
    const metadata = lib.parquetMetadata(tail, { geoparquet: false });
    const stored = { ...metadata, schema: storedSchema(metadata.schema) };
    const groups = metadata.row_groups.map((group, index) => ({
      index,
      group,
      start: startOf(group),
    }));
    return { lib, path, metadata, stored, root: lib.parquetSchema(metadata), groups };
  } catch (cause) {
    throw notParquet(path, `its footer is damaged (${reasonOf(cause)})`, cause);
  }
}

function startOf({ columns }: RowGroup): number {
  const starts = columns.map(({ meta_data }) => {
    const { data_page_offset = 0n, dictionary_page_offset = 0n } = meta_data ?? {};
    // 0 stands for none in files of some writers.
    const dictionary = dictionary_page_offset > 0n ? dictionary_page_offset : data_page_offset;
    return Number(dictionary < data_page_offset ? dictionary : data_page_offset);
  });
  return Math.min(...starts);
}

/** How rows of a schema come out of a file. Throws an error that names every column that does not fit. */
export function planOf({ path, root }: ParquetFile, wanted: WantedRows): ColumnPlan {
  const plan = planColumns(wanted, root);
  if (plan.problems.length === 0) return plan;
  throw new BeamlineError(
    "SCHEMA_MISMATCH",
    `Cannot read "${path}" as rows of this schema: ${plan.problems.join("; ")}; mend the schema, or make columns that are not everywhere nullable()`,
  );
}

export function notParquet(path: string, state: string, cause?: unknown): BeamlineError {
  return new BeamlineError(
    "BAD_PARQUET",
    `Cannot read "${path}" as Parquet: ${state}; check the file, or leave it out`,
    cause === undefined ? {} : { cause },
  );
}

export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
