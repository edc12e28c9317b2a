import { releaseMemory } from "../../bytes/release.js";
import type { OffsetRange } from "../../fn/offset-range.js";
import { internalError } from "../../model/errors.js";
import { type Block, ReadBlocks, type Records } from "../blocks/read-blocks.js";
import type { InputFile } from "../filesystem/input-file.js";
import type { ColumnValues } from "./column-values.js";
import { type FileGroup, openFile, type ParquetFile, planOf } from "./footer.js";
import type { ColumnPlan, WantedRows } from "./plan-columns.js";
import { LoadedRowGroup } from "./read-row-group.js";
import type { RowSlice } from "./row-slices.js";
import { type RowMaker, rowMaker } from "./rows-of-columns.js";
import type { RowFilter } from "./where.js";

interface OpenFile {
  readonly key: string;
  readonly file: ParquetFile;
  readonly plan: ColumnPlan;
}

/** The rows of Parquet files. A row group belongs to the range in which its first column begins. */
export class ReadParquet<T> extends ReadBlocks<T> {
  private readonly wanted: WantedRows;
  private readonly filter: RowFilter | undefined;
  /** Ranges of one file mostly come one after the other. */
  private last: OpenFile | undefined;
  private maker: RowMaker | undefined;
  private readonly mostDecoded: number;

  /** @param mostDecoded - Row groups that take more than this are decoded a page at a time. */
  constructor(
    wanted: WantedRows,
    filter: RowFilter | undefined,
    onError: "fail" | "collect",
    mostDecoded = MOST_DECODED,
  ) {
    super(onError);
    this.mostDecoded = mostDecoded;
    this.wanted = wanted;
    this.filter = filter;
  }

  protected override async *blocks(
    source: InputFile,
    [start, end]: OffsetRange,
    signal: AbortSignal,
  ): AsyncGenerator<Block<T>> {
    const { file, plan } = await this.open(source, signal);
    const groups = file.groups
      .filter((group) => group.start >= start && group.start < end)
      .sort((a, b) => a.start - b.start);
    for (const group of groups) {
      yield {
        start: group.start,
        name: `row group ${group.index}`,
        read: () => this.read(source, file, group, plan, signal),
      };
    }
  }

  private async open(source: InputFile, signal: AbortSignal): Promise<OpenFile> {
    const { path, size, version } = source;
    const key = `${size} ${version ?? ""} ${path}`;
    if (this.last?.key === key) return this.last;
    const file = await openFile(source, signal);
    this.last = { key, file, plan: planOf(file, this.wanted) };
    return this.last;
  }

  private async read(
    { version }: InputFile,
    file: ParquetFile,
    group: FileGroup,
    { columns }: ColumnPlan,
    signal: AbortSignal,
  ): Promise<Records<T> | null> {
    const { filter } = this;
    if (filter?.rulesOut(group.group, file.root) === true) return null;
    const loaded = await LoadedRowGroup.load(file, group, columns, { signal, version });
    return loaded.decodedSize > this.mostDecoded ? this.inSlices(loaded) : this.atOnce(loaded);
  }

  private atOnce(loaded: LoadedRowGroup): Records<T> {
    const { filter } = this;
    const fields = loaded.fields();
    const at = this.rowsOf(fields.map(({ values }) => values));
    const close = () => {
      for (const { values } of fields) if (ArrayBuffer.isView(values)) releaseMemory(values);
    };
    if (filter === undefined) return { count: loaded.rows, at, close };
    const kept = filter.keep(fields, loaded.rows);
    return { count: kept.length, at: (i) => at(kept[i] as number), close };
  }

  /** Decodes it twice, a page at a time: to see that all of it is sound, and for its rows. */
  private inSlices(loaded: LoadedRowGroup): Records<T> {
    const kept = this.checked(loaded);
    const slices = loaded.slices();
    let slice: RowSlice | undefined;
    let rowAt: ((i: number) => T) | undefined;
    const at = (row: number): T => {
      while (slice === undefined || row >= slice.start + slice.count) {
        slice = slices.next();
        if (slice === undefined) throw internalError("A row group has fewer rows than it had");
        rowAt = this.rowsOf(slice.columns);
      }
      return rowAt?.(row - slice.start) as T;
    };
    if (kept === undefined) return { count: loaded.rows, at };
    return { count: kept.length, at: (i) => at(kept[i] as number) };
  }

  /** Throws where a part of it is damaged; the rows that the filter keeps, where there is one. */
  private checked(loaded: LoadedRowGroup): Uint32Array | undefined {
    const { filter } = this;
    const names = this.wanted.rows.fields.map(({ name }) => name);
    const kept = filter === undefined ? undefined : new Uint32Array(loaded.rows);
    let length = 0;
    const slices = loaded.slices();
    for (let slice = slices.next(); slice !== undefined; slice = slices.next()) {
      if (filter === undefined || kept === undefined) continue;
      const { start, count, columns } = slice;
      const fields = columns.map((values, c) => ({ name: names[c] as string, values }));
      for (const row of filter.keep(fields, count)) kept[length++] = start + row;
    }
    return kept?.subarray(0, length);
  }

  private rowsOf(columns: readonly ColumnValues[]): (i: number) => T {
    this.maker ??= rowMaker(this.wanted.rows);
    return this.maker(columns) as (i: number) => T;
  }
}

/** What a thread may have of a file at once, decoded, in bytes. */
const MOST_DECODED = 64 << 20;
