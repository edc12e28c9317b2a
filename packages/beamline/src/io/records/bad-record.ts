import type { PCollection } from "../../pipeline/pcollection.js";

/** A record of a file that can't be read, where the source has `{ onError: "collect" }`. */
export interface BadRecord {
  /** The file's path or URL. */
  readonly file: string;
  /**
   * Where the record, or the block that holds it, begins: in bytes from the beginning of the file,
   * or of what is unpacked from it where it is packed.
   */
  readonly offset: number;
  /** The line on which it begins, from 1, where that is known without reading the file again. */
  readonly line?: number;
  /** What is wrong with it. */
  readonly reason: string;
  /** Its text, the first 64 Ki characters at most; empty where the format has none. */
  readonly raw: string;
}

/** What to do about records that can't be read. */
export interface BadRecordOptions {
  /**
   * `"fail"` fails the job with file, place and reason; `"collect"` sends a {@link BadRecord} to the
   * collection `failures`. Default: `"fail"`. A file that can't be read at all always fails.
   */
  readonly onError?: "fail" | "collect";
}

/** What a source that collects bad records gives. */
export interface WithBadRecords<T> {
  readonly out: PCollection<T>;
  readonly failures: PCollection<BadRecord>;
}

/** What a source gives, by its options. */
export type ReadResult<T, O> = O extends { readonly onError: "collect" }
  ? WithBadRecords<T>
  : PCollection<T>;
