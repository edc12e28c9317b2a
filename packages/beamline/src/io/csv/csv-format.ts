import { BeamlineError } from "../../model/errors.js";
import type { Schema } from "../../schema/schema.js";
import { type Validated, validatorOf } from "../../schema/validator.js";
import type { ParserPlace, RecordFormat, RecordParser } from "../records/record-format.js";
import { type Column, columnsOf } from "./columns.js";
import type { Dialect } from "./dialect.js";
import { hasQuotedNewlines } from "./has-quoted-newlines.js";
import { badHeader, placesOf } from "./header.js";
import { loadParser, type ParseCsv } from "./papaparse.js";

export interface CsvFormatOptions<T> {
  readonly dialect: Dialect;
  /** Whether files have a header, or how the columns are called without one. */
  readonly header: true | readonly string[];
  readonly rows: Schema<T> | undefined;
  readonly comment: string | undefined;
  readonly trim: boolean;
  readonly nullValues: readonly string[];
  readonly quotedNewlines: "auto" | boolean;
  readonly longest: number;
}

/** Up to here a file is read by one worker anyway. */
const SMALL = 1 << 20;

/** The rows of CSV files: RFC 4180, and what people make of it. */
export function csvFormat<T>(options: CsvFormatOptions<T>): RecordFormat<T> {
  const { dialect, header, comment, longest, quotedNewlines } = options;
  const byteOf = (character: string) => character.charCodeAt(0);
  const { quote, escaping = "", delimiter } = dialect;
  const quoting =
    quote === undefined
      ? undefined
      : {
          quote: byteOf(quote),
          escaping: byteOf(escaping),
          delimiter: byteOf(delimiter),
          comment: comment === undefined ? undefined : Buffer.from(comment),
        };
  const makeRow = rowMaker(options);
  return {
    kind: "CSV",
    longest,
    quoting: quotedNewlines === false ? undefined : quoting,
    hasHeader: header === true,
    isSplittable(file) {
      if (quoting === undefined || quotedNewlines === false) return true;
      if (quotedNewlines === true || file.size <= SMALL) return false;
      return hasQuotedNewlines(file, quoting).then((has) => !has);
    },
    isIgnored: (text) => text === "" || (comment !== undefined && text.startsWith(comment)),
    async parser(place) {
      const parse = await loadParser(dialect);
      const names = header === true ? headerOf(options, place, parse) : header;
      const row = makeRow(place.file, names);
      const isGuess = quotedNewlines === "auto" && !place.isWhole;
      return recordParser(parse, row, isGuess ? place.file : undefined);
    },
  };
}

function headerOf<T>(
  { trim }: CsvFormatOptions<T>,
  { file, header = "" }: ParserPlace,
  parse: ParseCsv,
): readonly string[] {
  const parsed = parse(header);
  if (!parsed.isRecord) throw badHeader(file, `its header is no CSV: ${parsed.reason}`);
  const names = parsed.fields;
  return trim ? names.map((name) => name.trim()) : names;
}

/** @param guessed - The file, where that it has no newlines in quotes is only a guess. */
function recordParser<T>(
  parse: ParseCsv,
  makeRow: (fields: readonly string[]) => Validated<T>,
  guessed: string | undefined,
): RecordParser<T> {
  return (text, emit, refuse) => {
    const parsed = parse(text);
    if (parsed.isRecord) {
      const made = makeRow(parsed.fields);
      if (made.isRow) emit(made.row);
      else refuse(made.reason);
    } else if (parsed.isOpen && guessed !== undefined) {
      throw quotedNewline(guessed, text);
    } else {
      refuse(parsed.reason);
    }
  };
}

function quotedNewline(file: string, text: string): BeamlineError {
  return new BeamlineError(
    "QUOTED_NEWLINE",
    `Cannot read "${file}" in parts: a quote is open at the end of a line, which begins ${JSON.stringify(text.slice(0, 120))}, and the file's first megabyte has no newlines in quotes; set { quotedNewlines: true } if such newlines belong to fields, and false if it is a mistake`,
  );
}

type MakeRow<T> = (fields: readonly string[]) => Validated<T>;

function rowMaker<T>(
  options: CsvFormatOptions<T>,
): (file: string, header: readonly string[]) => MakeRow<T> {
  const { rows, trim } = options;
  const trimmed = (fields: readonly string[]) =>
    trim ? fields.map((field) => field.trim()) : fields;
  const columns = rows === undefined ? undefined : columnsOf("csv.read", rows);
  const validate = rows === undefined ? undefined : validatorOf(rows);
  return (file, header) => {
    const make =
      columns === undefined || validate === undefined
        ? plainRow<T>(header)
        : typedRow(columns, placesOf(file, header, columns), options.nullValues, validate);
    return (fields) => {
      if (fields.length !== header.length) {
        const reason = `it has ${fields.length} fields, and there are ${header.length} columns`;
        return { isRow: false, reason };
      }
      return make(trimmed(fields));
    };
  };
}

/** Strings by the names in the header. */
function plainRow<T>(header: readonly string[]): MakeRow<T> {
  return (fields) => {
    const row: Record<string, string> = {};
    for (let i = 0; i < header.length; i++) row[header[i] ?? ""] = fields[i] ?? "";
    return { isRow: true, row: row as T };
  };
}

function typedRow<T>(
  columns: readonly Column[],
  places: readonly number[],
  nullValues: readonly string[],
  validate: (row: unknown) => Validated<T>,
): MakeRow<T> {
  const nulls = new Set(nullValues);
  return (fields) => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) {
      const { name, kind, parse, nullable, isOptional } = columns[i] as Column;
      const text = fields[places[i] ?? -1];
      if (nullable && (text === undefined || nulls.has(text))) {
        if (!isOptional) row[name] = null;
        continue;
      }
      const value = parse(text ?? "");
      if (value === undefined) {
        const state = text === "" ? "is empty" : `is no ${kind}: ${JSON.stringify(text)}`;
        return { isRow: false, reason: `column "${name}" ${state}` };
      }
      row[name] = value;
    }
    return validate(row);
  };
}
