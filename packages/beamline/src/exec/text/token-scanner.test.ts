import { describe, expect, test } from "vitest";
import type { Tokens } from "../../fn/user-fn.js";
import { IMPULSE_META } from "../../model/element-meta.js";
import { tokenScanner } from "./token-scanner.js";

/** Scans texts that lie somewhere in a larger buffer; undefined where nobody scans for the pattern. */
function scannerOf(tokens: Tokens) {
  let found: string[] = [];
  const metrics = { elements: 0 };
  const scanner = tokenScanner(tokens, metrics, (bytes, start, end, meta) => {
    found.push(meta === IMPULSE_META ? bytes.toString("utf8", start, end) : "another meta");
  });
  if (scanner === undefined) return undefined;
  return (text: string, before = "~ä a", after = "b ö~") => {
    found = [];
    metrics.elements = 0;
    const start = Buffer.byteLength(before);
    scanner(
      Buffer.from(before + text + after),
      start,
      start + Buffer.byteLength(text),
      IMPULSE_META,
    );
    expect(metrics.elements).toBe(1);
    return found;
  };
}

/** The same by JavaScript's own means. */
function matched({ pattern, are }: Tokens, text: string): string[] {
  if (are === "matches") return text.match(pattern) ?? [];
  return text.split(pattern).filter((piece) => piece !== "");
}

const WORDS = [/[A-Za-z']+/g, /\w+/g, /\d+/g, /\S+/g, /[^,;]+/g, /[a-zäöü]+/gi, /\p{L}+/gu];
// As texts: the linter has its doubts about these.
const NOT_ASCII = "[^\\x00-\\x7f]+";
const NOTHING = "[]+";
/** Without a "u" a "p", in braces an "L". */
const NO_PROPERTY = "\\p{L}";
const ODD = [
  ...[/\W+/g, /[\s\S]+/g, /[k]+/giu, /[\u{1f600}-\u{1f64f}]+/gu],
  ...[new RegExp(NOT_ASCII, "g"), new RegExp(NOTHING, "g")],
];
const GAPS = [/\s+/g, /[\s,.]+/g, /,/g, /\|/g, /\t/g, / /g, /\P{L}+/gu, /[^a-z]/g, /\W/g];
const BY_CLASS: readonly Tokens[] = [
  ...[...WORDS, ...ODD].map((pattern) => ({ pattern, are: "matches" as const })),
  ...GAPS.map((pattern) => ({ pattern, are: "gaps" as const })),
];

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

// Characters of one to four bytes, white space of every kind, and what lies at the borders.
const PIECES = [
  ..."aZkz09_',;. \t-",
  ...["\u0000", "\u007f", "\u0080", "\u00a0", "ä", "Ö", "ſ", "\u212a", "ß", "\u07ff", "\u0800"],
  ...["\u2028", "\ufeff", "\ud7ff", "\ue000", "\uffff", "\ufffd", "中", "😀", "\u{10000}"],
  ...["\u{10ffff}", "word", "another", "of-several", "it's"],
];

describe("tokenScanner", () => {
  test.each(BY_CLASS)("finds what JavaScript finds: $pattern, $are", (tokens) => {
    const random = randomFrom(7);
    const scan = scannerOf(tokens);
    for (let round = 0; round < 400; round++) {
      // Mostly ASCII in one half of the texts, of lengths around the strides of the scanner.
      const pieces = round % 2 === 0 ? PIECES : PIECES.slice(0, 14);
      const length = Math.floor(random() * 80);
      let text = "";
      for (let i = 0; i < length; i++) text += pieces[Math.floor(random() * pieces.length)];
      expect(scan?.(text), JSON.stringify(text)).toEqual(matched(tokens, text));
    }
  });

  test.each(["", " ", "a", "a b", "x".repeat(31), `${"x".repeat(31)} `, "y ".repeat(64), "é"])(
    "looks at %j where nothing stands around it",
    (text) => {
      const tokens: Tokens = { pattern: /\S+/g, are: "matches" };
      expect(scannerOf(tokens)?.(text, "", "")).toEqual(matched(tokens, text));
    },
  );

  test.each([/ab+/g, /[a-z]+\d/g, /(a)+/g, /a|b/g, /[a-z]*/g, /[a-z]+?/g, /\bx+/g, /[a-z]/g, /./g])(
    "leaves alone what is more than a set of characters: %s",
    (pattern) => {
      expect(scannerOf({ pattern, are: "matches" })).toBeUndefined();
    },
  );

  test.each([/|/g, new RegExp(NO_PROPERTY, "g"), /,|;/g, /(,)/g])(
    "leaves alone separators that are more than a set of characters: %s",
    (pattern) => {
      expect(scannerOf({ pattern, are: "gaps" })).toBeUndefined();
    },
  );

  test("leaves alone what would cut a character in two", () => {
    expect(scannerOf({ pattern: /[\ud83d]+/g, are: "matches" })).toBeUndefined();
  });
});
