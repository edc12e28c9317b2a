import type { Coder } from "../../coders/coder.js";
import { kv } from "../../coders/kv.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import type { UserFn } from "../../fn/user-fn.js";
import { MAIN_OUTPUT } from "../../graph/nodes.js";
import { PCollection } from "../../pipeline/pcollection.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { addStep } from "../../pipeline/steps.js";
import { type Group, groupOf, requireGroups, requireText, withFlags } from "./patterns.js";

type OfTexts<Out> = PTransform<PCollection<string>, PCollection<Out>>;

export interface GroupOptions {
  /** What is emitted of a match. Default: all of it. Groups that took no part in it emit nothing. */
  readonly group?: Group;
}

export interface SplitOptions {
  /** Emit empty pieces, too. Default: false. */
  readonly keepEmpty?: boolean;
}

export interface PairGroups {
  readonly key: Group;
  readonly value: Group;
}

/**
 * Every match of the pattern, in every element: `line.match(/.../g)` of each line. A pattern that is
 * one kind of characters, such as `/[a-z']+/i`, `/\w+/` or `/\p{L}+/u`, is looked for in the bytes of
 * a file right where they were read, which takes less time than any function could.
 */
function findAll(pattern: RegExp, options: GroupOptions = {}): OfTexts<string> {
  const { group = 0 } = options;
  const all = withFlags("findAll", pattern, "g");
  requireGroups("findAll", pattern, [group]);
  if (group === 0) {
    const fn = (text: string) => requireText("findAll", text).match(all) ?? [];
    return textStep("FindAll", pattern, options, {
      kind: "flatMap",
      fn,
      tokens: { pattern: all, are: "matches" },
    });
  }
  const fn = (text: string) =>
    Array.from(requireText("findAll", text).matchAll(all), (match) => groupOf(match, group)).filter(
      (found) => found !== undefined,
    );
  return textStep("FindAll", pattern, options, { kind: "flatMap", fn });
}

/**
 * The pieces of every element between matches of the pattern. A pattern that is one kind of
 * characters (`/\s+/`, `/,/`) is looked for in the bytes of a file, as {@link findAll} does.
 */
function split(pattern: RegExp, options: SplitOptions = {}): OfTexts<string> {
  const { keepEmpty = false } = options;
  const all = withFlags("split", pattern, "g");
  const fn = (text: string) => {
    const pieces: string[] = [];
    let from = 0;
    const take = (piece: string) => {
      if (keepEmpty || piece !== "") pieces.push(piece);
    };
    for (const { 0: found, index } of requireText("split", text).matchAll(all)) {
      take(text.slice(from, index));
      from = index + found.length;
    }
    take(text.slice(from));
    return pieces;
  };
  const tokens = keepEmpty ? {} : { tokens: { pattern: all, are: "gaps" } as const };
  return textStep("Split", pattern, options, { kind: "flatMap", fn, ...tokens });
}

/** The first match of the pattern in every element that has one. */
function find(pattern: RegExp, options: GroupOptions = {}): OfTexts<string> {
  const { group = 0 } = options;
  const one = withFlags("find", pattern, "");
  requireGroups("find", pattern, [group]);
  const fn = (text: string) => {
    const match = one.exec(requireText("find", text));
    const found = match === null ? undefined : groupOf(match, group);
    return found === undefined ? [] : [found];
  };
  return textStep("Find", pattern, options, { kind: "flatMap", fn });
}

/** The elements that the pattern matches from end to end, or a group of them. */
function matches(pattern: RegExp, options: GroupOptions = {}): OfTexts<string> {
  const { group = 0 } = options;
  const { source, flags } = withFlags("matches", pattern, "");
  // Without the "m" the ends are those of the text, not of its lines.
  const whole = new RegExp(`^(?:${source})$`, flags.replace("m", ""));
  requireGroups("matches", pattern, [group]);
  const fn = (text: string) => {
    const match = whole.exec(requireText("matches", text));
    const found = match === null ? undefined : groupOf(match, group);
    return found === undefined ? [] : [found];
  };
  return textStep("Matches", pattern, options, { kind: "flatMap", fn });
}

/** A pair of two groups of the first match, of every element that has one. */
function findKV(pattern: RegExp, { key, value }: PairGroups): OfTexts<[string, string]> {
  const one = withFlags("findKV", pattern, "");
  requireGroups("findKV", pattern, [key, value]);
  const fn = (text: string): [string, string][] => {
    const match = one.exec(requireText("findKV", text));
    if (match === null) return [];
    const pair = [groupOf(match, key), groupOf(match, value)] as const;
    return pair[0] === undefined || pair[1] === undefined ? [] : [[pair[0], pair[1]]];
  };
  return step(
    "FindKV",
    pattern,
    { key, value },
    { kind: "flatMap", fn },
    kv(stringUtf8, stringUtf8),
  );
}

/** Every element with all matches replaced, as `text.replaceAll` does: `$1` is the first group. */
function replaceAll(pattern: RegExp, replacement: string): OfTexts<string> {
  const all = withFlags("replaceAll", pattern, "g");
  const fn = (text: string) => requireText("replaceAll", text).replace(all, replacement);
  return textStep("ReplaceAll", pattern, { replacement }, { kind: "map", fn });
}

/** Every element with its first match replaced. */
function replaceFirst(pattern: RegExp, replacement: string): OfTexts<string> {
  const one = withFlags("replaceFirst", pattern, "");
  const fn = (text: string) => requireText("replaceFirst", text).replace(one, replacement);
  return textStep("ReplaceFirst", pattern, { replacement }, { kind: "map", fn });
}

/**
 * Texts by regular expressions, as Beam's `Regex` has them. Names of transforms are those of the verbs:
 * `p.apply(text.read("log.txt")).apply("Words", regex.findAll(/\w+/))`.
 */
export const regex = {
  find,
  findAll,
  findKV,
  matches,
  replaceAll,
  replaceFirst,
  split,
} as const;

function textStep(name: string, pattern: RegExp, options: object, fn: UserFn): OfTexts<string> {
  return step(name, pattern, options, fn, stringUtf8);
}

function step<Out>(
  name: string,
  pattern: RegExp,
  options: object,
  fn: UserFn,
  coder: Coder<Out>,
): OfTexts<Out> {
  return {
    name: `Regex.${name}`,
    parameters: { pattern: String(pattern), ...options },
    expand({ builder, id }) {
      const out = addStep(builder, name, id, fn);
      return PCollection.of<Out>(builder, { [MAIN_OUTPUT]: out }, MAIN_OUTPUT).withCoder(coder);
    },
  };
}
