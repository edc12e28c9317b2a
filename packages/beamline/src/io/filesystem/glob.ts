import { BeamlineError } from "../../model/errors.js";

/** A path pattern made ready for walking folders, one segment at a time. */
export interface Glob {
  /** One way to read the pattern for each choice of its braces. */
  readonly alternatives: readonly GlobAlternative[];
}

export interface GlobAlternative {
  /** Whether it begins at the root of the file system. */
  readonly absolute: boolean;
  readonly segments: readonly Segment[];
}

/** What one part of a path between slashes has to be. */
export type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | {
      readonly kind: "pattern";
      readonly test: RegExp;
      readonly hidden: boolean;
      /** What every match begins with. */
      readonly start: string;
    }
  /** `**`: any number of folders, none included. */
  | { readonly kind: "folders" };

const MAGIC = /[*?[{\\]/;
/** A pattern of nested braces could have any number of readings. */
const MOST_ALTERNATIVES = 10_000;

/** Whether a path means anything but itself. */
export function isGlob(path: string): boolean {
  return MAGIC.test(path);
}

/** A glob that matches just this path. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{}\\]/g, "\\$&");
}

/**
 * Reads a glob: `*` is any text and `?` one character within a segment, `[a-z]` and `[!a-z]` a
 * character of a set, `{a,b}` alternatives (which may hold slashes), a segment `**` any number of
 * folders, and `\` takes the meaning from the next character. As in a shell, names that begin with
 * a dot are matched only by a segment that does so too.
 */
export function compileGlob(pattern: string): Glob {
  return compile(pattern, (segment) => segment !== "" && segment !== ".");
}

/** The same for keys of an object store, where `a//b` and `a/./b` are not `a/b`. */
export function compileKeyGlob(pattern: string): Glob {
  return compile(pattern, () => true);
}

function compile(pattern: string, counts: (segment: string) => boolean): Glob {
  const alternatives = expandBraces(pattern).map((one) => ({
    absolute: one.startsWith("/"),
    segments: one
      .split("/")
      .filter(counts)
      .map((segment) => segmentOf(segment, pattern)),
  }));
  return { alternatives };
}

function segmentOf(text: string, pattern: string): Segment {
  if (text === "**") return { kind: "folders" };
  const plain = text.replace(/\\(.)/gsu, "$1");
  if (!/[*?[]/.test(text.replace(/\\./gsu, ""))) return { kind: "literal", text: plain };
  return {
    kind: "pattern",
    test: testOf(text, pattern),
    hidden: plain.startsWith("."),
    start: (/^(?:\\.|[^*?[\\])*/su.exec(text)?.[0] ?? "").replace(/\\(.)/gsu, "$1"),
  };
}

function testOf(segment: string, pattern: string): RegExp {
  try {
    return new RegExp(`^${regExpSource(segment)}$`, "su");
  } catch (cause) {
    throw new BeamlineError(
      "BAD_GLOB",
      `Cannot match "${pattern}": "${segment}" holds a set that runs backwards; write [a-z], or \\[ for a plain bracket`,
      { cause },
    );
  }
}

function regExpSource(segment: string): string {
  let source = "";
  for (let i = 0; i < segment.length; ) {
    const [token = ""] =
      /^(?:\\.|\*+|\?|\[[!^]?\]?(?:\\.|[^\]\\])*\]|.)/su.exec(segment.slice(i)) ?? [];
    source += tokenSource(token);
    i += Math.max(1, token.length);
  }
  return source;
}

function tokenSource(token: string): string {
  if (token.startsWith("*")) return ".*";
  if (token === "?") return ".";
  if (token.length > 2 && token.startsWith("[")) return setSource(token.slice(1, -1));
  return literalSource(token.length > 1 && token.startsWith("\\") ? token.slice(1) : token);
}

/** `a-z`, `!a-z`, `]x`: what stands between the brackets of a set. */
function setSource(inner: string): string {
  const negated = inner.startsWith("!") || inner.startsWith("^");
  const body = (negated ? inner.slice(1) : inner).replace(/\\(.)|[\]\\^[]/gsu, (found, escaped) => {
    const character: string = escaped ?? found;
    return /[\]\\^[-]/.test(character) ? `\\${character}` : character;
  });
  const [first = "", ...rest] = body.startsWith("-") ? ["\\-", body.slice(1)] : [body];
  return `[${negated ? "^" : ""}${first}${rest.join("")}]`;
}

function literalSource(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/]/gu, "\\$&");
}

/** Every reading of `a{b,c}d`. Braces without a comma or without their partner are plain text. */
function expandBraces(pattern: string): string[] {
  const found = firstBraces(pattern);
  if (found === undefined) return [pattern];
  const { before, choices, after } = found;
  const rests = expandBraces(after);
  const expanded: string[] = [];
  for (const choice of choices.flatMap(expandBraces)) {
    for (const rest of rests) {
      if (expanded.length >= MOST_ALTERNATIVES) {
        throw new BeamlineError(
          "BAD_GLOB",
          `Cannot match "${pattern}": its braces have more than ${MOST_ALTERNATIVES} readings; use * in place of some`,
        );
      }
      expanded.push(before + choice + rest);
    }
  }
  return expanded;
}

interface Braces {
  readonly before: string;
  readonly choices: readonly string[];
  readonly after: string;
}

function firstBraces(pattern: string): Braces | undefined {
  for (let open = 0; open < pattern.length; open++) {
    const character = pattern[open];
    if (character === "\\") open++;
    else if (character === "{") {
      const braces = bracesAt(pattern, open);
      if (braces !== undefined) return braces;
    }
  }
  return undefined;
}

function bracesAt(pattern: string, open: number): Braces | undefined {
  const choices: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === "\\") i++;
    else if (character === "{") depth++;
    else if (character === "," && depth === 1) {
      choices.push(pattern.slice(start, i));
      start = i + 1;
    } else if (character === "}" && --depth === 0) {
      if (choices.length === 0) return undefined;
      choices.push(pattern.slice(start, i));
      return { before: pattern.slice(0, open), choices, after: pattern.slice(i + 1) };
    }
  }
  return undefined;
}
