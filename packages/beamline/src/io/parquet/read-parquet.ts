import type { OffsetRange } from "../../fn/offset-range.js";
import { type Block, ReadBlocks, type Records } from "../blocks/read-blocks.js";
import type { InputFile } from "../filesystem/input-file.js";
import { type FileGroup, openFile, type ParquetFile, planOf } from "./footer.js";
import type { ColumnPlan, WantedRows } from "./plan-columns.js";
import { readRowGroup } from "./read-row-group.js";
import { rowsOf } from "./rows-of-columns.js";
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

  constructor(wanted: WantedRows, filter: RowFilter | undefined, onError: "fail" | "collect") {
    super(onError);
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
    const fields = await readRowGroup(file, group, columns, { signal, version });
    const at = rowsOf(fields) as (i: number) => T;
    const count = Number(group.group.num_rows);
    if (filter === undefined) return { count, at };
    const kept = filter.keep(fields, count);
    return { count: kept.length, at: (i) => at(kept[i] as number) };
  }
}
