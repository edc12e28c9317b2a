import type { ColumnChunk } from "hyparquet";

/** Columns of one row group, and their bytes. */
export interface FinishedColumns {
  readonly chunks: readonly ColumnChunk[];
  /** One behind the other. */
  readonly parts: readonly Uint8Array[];
}

/** Takes the values of a field and makes columns of them, one row group after the other. */
export interface ColumnWriter {
  readonly name: string;
  /** Null and undefined for none. Throws what a value should have been. */
  add(value: unknown): void;
  /**
   * What was added; begins anew.
   *
   * @param start - Where it will lie in the file.
   */
  finish(start: number): FinishedColumns;
  /** About how many bytes it holds. */
  readonly size: number;
}
