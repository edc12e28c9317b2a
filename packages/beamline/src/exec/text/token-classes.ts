import type { Tokens } from "../../fn/user-fn.js";

/** What a byte is to a scanner of tokens: it stands between them, or within one. */
export const BETWEEN = 0;
export const WITHIN = 1;
/** It begins a character that is no ASCII: {@link TokenClasses.wide} tells. */
export const WIDE = 2;

const ASCII = 0x80;
const SURROGATES = 0xd800;
const AFTER_SURROGATES = 0xe000;
const BEYOND_BMP = 0x1_0000;

/** One character of some kind, once or repeatedly: `[a-z]+`, `\w+`, `\p{L}+`, `\s`, `,`. */
const ONE_CLASS =
  /^(\[(?:\\.|[^\]\\])*\]|\\[wWdDsS]|\\[pP]\{[\w=]+\}|\\t|\\?[ ,;:/\-_#&=]|\\\|)(\+?)$/;

/** Which characters belong to tokens. */
export interface TokenClasses {
  /** Of each byte. */
  readonly classes: Uint8Array;
  /**
   * Of the character that begins at a byte of its own: its length in bytes, twice, plus 1 where it
   * is within a token.
   */
  readonly wide: (bytes: Buffer, at: number) => number;
}

/**
 * Reads a pattern as a set of characters; undefined for patterns that say more than which of them
 * belong together. The pattern itself is asked about each: its flags mean what they mean.
 */
export function tokenClassesOf({ pattern, are }: Tokens): TokenClasses | undefined {
  const { source, flags } = pattern;
  const [, atom, plus] = ONE_CLASS.exec(source) ?? [];
  // Without the "+" a match is one character. Gaps between tokens are gaps, however wide.
  if (atom === undefined || (are === "matches" && plus === "") || /[vy]/.test(flags)) {
    return undefined;
  }
  // Without a "u" it is a "p" and what stands behind it.
  if (/^\\p/i.test(atom) && !flags.includes("u")) return undefined;
  const matching = are === "matches" ? WITHIN : BETWEEN;
  const other = are === "matches" ? BETWEEN : WITHIN;
  const kept = flags.replace(/[gdm]/g, "");
  const one = new RegExp(`^${atom}$`, kept);
  const classOf = (character: string) => (one.test(character) ? matching : other);

  const classes = new Uint8Array(256).fill(WIDE);
  for (let code = 0; code < ASCII; code++) classes[code] = classOf(String.fromCharCode(code));

  const beyond = beyondBmp(atom, kept, classOf, matching, other);
  if (beyond === undefined) return undefined;
  let table: Uint8Array | undefined;
  const wide = (bytes: Buffer, at: number): number => {
    const lead = bytes[at] as number;
    if (lead >= 0xf0) return 8 | beyond(bytes, at);
    table ??= bmpClasses(atom, kept, matching, other);
    const second = (bytes[at + 1] as number) & 0x3f;
    if (lead < 0xe0) return 4 | (table[((lead & 0x1f) << 6) | second] as number);
    const third = (bytes[at + 2] as number) & 0x3f;
    return 6 | (table[((lead & 0xf) << 12) | (second << 6) | third] as number);
  };
  return { classes, wide };
}

/** The classes of all characters of one unit of UTF-16, found by a few long matches. */
function bmpClasses(atom: string, flags: string, matching: number, other: number): Uint8Array {
  const table = new Uint8Array(BEYOND_BMP).fill(other);
  const runs = new RegExp(`${atom}+`, `${flags}g`);
  for (const [from, to] of [
    [ASCII, SURROGATES],
    [AFTER_SURROGATES, BEYOND_BMP],
  ] as const) {
    for (const { 0: run, index } of unitsOf(from, to).matchAll(runs)) {
      table.fill(matching, from + index, from + index + run.length);
    }
  }
  return table;
}

/**
 * Tells the class of a character of two units. Without a "u" a pattern sees the units: undefined
 * where it tells them apart, and could cut a character in two.
 */
function beyondBmp(
  atom: string,
  flags: string,
  classOf: (character: string) => number,
  matching: number,
  other: number,
): ((bytes: Buffer, at: number) => number) | undefined {
  if (flags.includes("u")) {
    const known = new Map<string, number>();
    return (bytes, at) => {
      const character = bytes.toString("utf8", at, at + 4);
      const found = known.get(character) ?? classOf(character);
      known.set(character, found);
      return found;
    };
  }
  const units = unitsOf(SURROGATES, AFTER_SURROGATES);
  if (!new RegExp(atom, flags).test(units)) return () => other;
  return new RegExp(`^${atom}+$`, flags).test(units) ? () => matching : undefined;
}

/** A string of these units of UTF-16, one after the other. */
function unitsOf(from: number, to: number): string {
  const units = Uint16Array.from({ length: to - from }, (_, i) => i + from);
  return Buffer.from(units.buffer).toString("utf16le");
}
