import { notOneOf, type Parsed } from "../command/flag.js";
import type { OptionKind } from "./option-kind.js";

/** Turns a flag's text into the value that the schema is then asked about. */
export function convert(kind: OptionKind, text: string): Parsed<unknown> {
  switch (kind.kind) {
    case "text":
      return ok(text);
    case "number":
      return toNumber(text, kind.whole);
    case "bigint":
      return /^-?\d+$/.test(text) ? ok(BigInt(text)) : wrong("not a whole number");
    case "boolean":
      return text === "true" || text === "false" ? ok(text === "true") : wrong("not true or false");
    case "date":
      return toDate(text);
    case "choice": {
      const index = kind.values.findIndex((value) => String(value) === text);
      return index < 0 ? wrong(notOneOf(text, kind.values.map(String))) : ok(kind.values[index]);
    }
    case "nullable":
      return text === "null" ? ok(null) : convert(kind.inner, text);
    case "either":
      return toEither(kind.options, text);
    case "list":
      return convert(kind.element, text);
    case "json":
      return toJson(text);
  }
}

function ok(value: unknown): Parsed<unknown> {
  return { ok: true, value };
}

function wrong(problem: string): Parsed<unknown> {
  return { ok: false, problem };
}

function toNumber(text: string, whole: boolean): Parsed<unknown> {
  // Number() reads "" as 0, "0x10" as 16 and " 1 " as 1.
  const digits = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const value = /^-?Infinity$/.test(text) ? Number(text) : Number(text.replaceAll("_", ""));
  if (!(digits || Math.abs(value) === Number.POSITIVE_INFINITY)) return wrong("not a number");
  return whole && !Number.isInteger(value) ? wrong("not a whole number") : ok(value);
}

/** A day (midnight UTC), or a time of a day. */
function toDate(text: string): Parsed<unknown> {
  const value = new Date(text);
  const looksRight = /^[+-]?\d{4,6}-\d\d-\d\d(T.*)?$/.test(text);
  return looksRight && !Number.isNaN(value.getTime())
    ? ok(value)
    : wrong("not a date; write 2026-01-31 or 2026-01-31T12:00:00Z");
}

function toEither(options: readonly OptionKind[], text: string): Parsed<unknown> {
  // Text takes anything, so it comes last.
  const order = [...options].sort((a, b) => rank(a) - rank(b));
  const problems: string[] = [];
  for (const option of order) {
    const parsed = convert(option, text);
    if (parsed.ok) return parsed;
    problems.push(parsed.problem);
  }
  return wrong([...new Set(problems)].join(", "));
}

function rank(kind: OptionKind): number {
  if (kind.kind === "choice") return 0;
  return kind.kind === "text" ? 2 : 1;
}

function toJson(text: string): Parsed<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return wrong(`not JSON: ${reason}`);
  }
}
