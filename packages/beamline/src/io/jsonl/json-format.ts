import type { Schema } from "../../schema/schema.js";
import { validatorOf } from "../../schema/validator.js";
import type { RecordFormat, RecordParser } from "../records/record-format.js";
import { fromJson } from "./from-json.js";

/** A JSON value a line. Lines of white space are none. */
export function jsonFormat<T>(rows: Schema<T> | undefined, longest: number): RecordFormat<T> {
  const parse = rows === undefined ? parseValues<T>() : parseRows(rows);
  return {
    kind: "JSON",
    longest,
    hasHeader: false,
    isSplittable: () => true,
    isIgnored: (text) => text.charCodeAt(0) !== OPENING_BRACE && text.trim() === "",
    parser: async () => parse,
  };
}

const OPENING_BRACE = 0x7b;

function parseValues<T>(): RecordParser<T> {
  return (text, emit, refuse) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      refuse(messageOf(error));
      return;
    }
    emit(value as T);
  };
}

function parseRows<T>(rows: Schema<T>): RecordParser<T> {
  const convert = fromJson(rows.rows) ?? ((value: unknown) => value);
  const validate = validatorOf(rows);
  const parse = parseValues<unknown>();
  return (text, emit, refuse) => {
    parse(
      text,
      (value) => {
        const result = validate(convert(value));
        if (result.isRow) emit(result.row);
        else refuse(result.reason);
      },
      refuse,
    );
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
