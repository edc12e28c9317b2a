import type { ParseError } from "papaparse";
import { importOptional } from "../optional-package.js";
import type { Dialect } from "./dialect.js";

/** The fields of a record, or why it is none. */
export type ParsedRecord =
  | { readonly isRecord: true; readonly fields: readonly string[] }
  | {
      readonly isRecord: false;
      readonly reason: string;
      /** A quote is opened and not closed. */
      readonly isOpen: boolean;
    };

export type ParseCsv = (record: string) => ParsedRecord;

/** What the parser of Papa Parse gives back. */
interface PapaResult {
  readonly data: readonly (readonly string[])[];
  readonly errors: readonly Pick<ParseError, "code" | "message">[];
}

/**
 * The one place that knows Papa Parse. Records are parsed one by one, by its inner parser, which needs
 * no setting up for each: fields are slices of the string that they are parsed from, and whoever
 * keeps one keeps that string, so it had better be short.
 */
export async function loadParser({ delimiter, quote, escaping }: Dialect): Promise<ParseCsv> {
  const { default: papa } = await importPapaparse();
  if (quote === undefined) {
    return (record) => ({ isRecord: true, fields: record.split(delimiter) });
  }
  const dialect = {
    delimiter,
    newline: "\n" as const,
    quoteChar: quote,
    escapeChar: escaping ?? quote,
  };
  const parser = new papa.Parser(dialect);
  return (record) => {
    if (!record.includes(quote)) return { isRecord: true, fields: record.split(delimiter) };
    const { data, errors }: PapaResult = parser.parse(record, 0, false);
    const [fields] = data;
    const [error] = errors;
    if (error === undefined && fields !== undefined && data.length === 1) {
      return { isRecord: true, fields };
    }
    const isOpen = error?.code === "MissingQuotes";
    const other = error?.message ?? "a quote is not where it should be";
    return {
      isRecord: false,
      isOpen,
      reason: isOpen ? "a quote is opened and never closed" : other,
    };
  };
}

/** @throws BeamlineError `PACKAGE_MISSING` */
export function importPapaparse() {
  return importOptional("papaparse", "read CSV", () => import("papaparse"));
}
