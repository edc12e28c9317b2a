import { BeamlineError } from "../../model/errors.js";

/** A group of a match: 0 is all of it, others have the number or the name that the pattern gives. */
export type Group = number | string;

/** The same pattern with these flags besides, and with no state of its own. */
export function withFlags(verb: string, pattern: RegExp, more: string): RegExp {
  if (!(pattern instanceof RegExp)) {
    throw new BeamlineError(
      "NOT_A_PATTERN",
      `Cannot apply regex.${verb}() with ${String(pattern)}: it is no regular expression; write one between slashes, /[a-z]+/`,
    );
  }
  const { source, flags } = pattern;
  if (flags.includes("y")) {
    throw new BeamlineError(
      "STICKY_PATTERN",
      `Cannot apply regex.${verb}() with ${pattern}: the flag "y" makes a match hang on the one before it; leave it out`,
    );
  }
  return new RegExp(source, [...new Set([...flags.replace("g", ""), ...more])].join(""));
}

/** Checks, while the pipeline is built, that the pattern has these groups. */
export function requireGroups(verb: string, pattern: RegExp, groups: readonly Group[]): void {
  // An empty alternative always matches, and tells what groups there are.
  const all = new RegExp(`${pattern.source}|`, pattern.flags).exec("");
  const count = (all?.length ?? 1) - 1;
  const names = Object.keys(all?.groups ?? {});
  for (const group of groups) {
    const known =
      typeof group === "string"
        ? names.includes(group)
        : Number.isInteger(group) && group >= 0 && group <= count;
    if (known) continue;
    const named = names.length === 0 ? "" : `, named ${names.join(", ")}`;
    throw new BeamlineError(
      "NO_SUCH_GROUP",
      `Cannot apply regex.${verb}() with ${pattern}: it has no group ${JSON.stringify(group)}; it has ${count}${named}, and 0 is the whole match`,
    );
  }
}

/** What a group has matched; undefined where it took no part in the match. */
export function groupOf(match: RegExpExecArray, group: Group): string | undefined {
  return typeof group === "string" ? match.groups?.[group] : match[group];
}

/** Refuses elements that are no strings. */
export function requireText(verb: string, element: string): string {
  if (typeof element === "string") return element;
  throw new BeamlineError(
    "NOT_A_STRING",
    `Cannot apply regex.${verb}() to an element: it is ${element === null ? "null" : typeof element}, not a string; map() the elements to strings before`,
  );
}
