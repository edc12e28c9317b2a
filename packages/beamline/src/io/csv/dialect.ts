import { BeamlineError } from "../../model/errors.js";

/** How fields are told apart. */
export interface Dialect {
  readonly delimiter: string;
  /** Undefined where quotes mean nothing. */
  readonly quote: string | undefined;
  /** What takes the meaning from a quote in quotes. */
  readonly escaping: string | undefined;
}

export interface DialectOptions {
  /** Between two fields: one ASCII character, such as `"\t"`. Default: `","`. */
  readonly delimiter?: string;
  /** Around fields: one ASCII character, or false where quotes mean nothing. Default: `'"'`. */
  readonly quote?: string | false;
  /** Before a quote that belongs to the field. Default: the quote itself. */
  readonly escape?: string;
}

/** Checks them. */
export function dialectOf(name: string, options: DialectOptions): Dialect {
  const { delimiter = ",", quote = '"' } = options;
  requireCharacter(name, "delimiter", delimiter);
  if (quote === false) return { delimiter, quote: undefined, escaping: undefined };
  const { escape: escaping = quote } = options;
  requireCharacter(name, "quote", quote);
  requireCharacter(name, "escape", escaping);
  if (quote === delimiter || escaping === delimiter) {
    const state = `the delimiter ${JSON.stringify(delimiter)} also quotes`;
    throw badOption(name, state, "choose another");
  }
  return { delimiter, quote, escaping };
}

/** ASCII, so that it is one byte of the file, and not among those that end lines or are nothing. */
function requireCharacter(name: string, option: string, value: unknown): void {
  if (typeof value === "string" && value.length === 1 && isOfOneByte(value)) return;
  throw badOption(
    name,
    `${option} is ${JSON.stringify(value) ?? "undefined"}`,
    "give one ASCII character that is no newline",
  );
}

function isOfOneByte(character: string): boolean {
  const code = character.charCodeAt(0);
  return code === TAB || (code >= FILE_SEPARATOR && code < DELETE);
}

const TAB = 0x09;
/** The first of four control characters that are made to separate. */
const FILE_SEPARATOR = 0x1c;
const DELETE = 0x7f;

export function badOption(name: string, state: string, next: string): BeamlineError {
  return new BeamlineError("BAD_OPTION", `Cannot apply ${name}(): ${state}; ${next}`);
}
