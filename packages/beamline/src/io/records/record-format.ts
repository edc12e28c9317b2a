import type { InputFile } from "../filesystem/input-file.js";
import type { Quoting } from "./quoting.js";

/** What is read from files as records: lines, or what quotes make one of several lines. */
export interface RecordFormat<T> {
  /** Of which kind a record is, for errors: "JSON". */
  readonly kind: string;
  /** Bytes in a record, at most. */
  readonly longest: number;
  /** Whether newlines in quotes belong to a record: of files that are read whole. */
  readonly quoting?: Quoting | undefined;
  /** Whether the first record of a file says what the others are. */
  readonly hasHeader: boolean;
  /** Whether any newline ends a record, so that a file can be entered anywhere. */
  isSplittable(file: InputFile): boolean | Promise<boolean>;
  /** What is no record, such as an empty line. */
  isIgnored(text: string): boolean;
  parser(place: ParserPlace): Promise<RecordParser<T>>;
}

export interface ParserPlace {
  readonly file: string;
  /** The file's first record, where the format has a header. */
  readonly header: string | undefined;
  /** The file is not split. */
  readonly isWhole: boolean;
}

/** Makes a row of a record, or says why it is none. Calls one of the two, once. */
export type RecordParser<T> = (
  text: string,
  emit: (row: T) => void,
  refuse: (reason: string) => void,
) => void;
