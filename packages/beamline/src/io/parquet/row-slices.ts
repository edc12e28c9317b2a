import { releaseMemory } from "../../bytes/release.js";
import { type ColumnValues, valuesBetween } from "./column-values.js";

/** Hands out the values of a column, some rows at a time; undefined when there are no more. */
export interface ColumnPages {
  next(): ColumnValues | undefined;
}

/** Some rows of a row group, by column. */
export interface RowSlice {
  /** The first of them. */
  readonly start: number;
  readonly count: number;
  readonly columns: readonly ColumnValues[];
}

/**
 * The rows of a row group, as many at a time as lie in one page of each column: what is in memory is
 * a page a column, however large the row group is.
 */
export class RowSlices {
  private readonly columns: readonly OpenColumn[];
  private readonly rows: number;
  private at = 0;

  constructor(columns: readonly ColumnPages[], rows: number) {
    this.columns = columns.map((pages) => new OpenColumn(pages));
    this.rows = rows;
  }

  /** Those before are not valid any more. */
  next(): RowSlice | undefined {
    const { columns, rows, at: start } = this;
    if (start >= rows) return undefined;
    const count = Math.min(rows - start, ...columns.map((column) => column.available()));
    this.at = start + count;
    return { start, count, columns: columns.map((column) => column.take(count)) };
  }
}

class OpenColumn {
  private readonly pages: ColumnPages;
  private page: ColumnValues = [];
  private at = 0;

  constructor(pages: ColumnPages) {
    this.pages = pages;
  }

  /** Rows that are decoded and have not been taken: one at least. */
  available(): number {
    if (this.at === this.page.length) {
      if (ArrayBuffer.isView(this.page)) releaseMemory(this.page);
      this.page = this.pages.next() ?? [];
      this.at = 0;
      if (this.page.length === 0) throw new Error("a column has fewer values than its row group");
    }
    return this.page.length - this.at;
  }

  take(count: number): ColumnValues {
    const { page, at } = this;
    this.at = at + count;
    return valuesBetween(page, at, at + count);
  }
}
