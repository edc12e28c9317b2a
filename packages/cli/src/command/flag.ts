import { parseByteSize } from "../text/byte-size.js";
import { eitherOf } from "../text/names.js";
import { nearest } from "../text/nearest.js";

/** A flag's text turned into its value, or what is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** A flag of a command, or one made from a pipeline's option. */
export interface Flag<T = unknown> {
  /** A switch takes no value: `--name`, `--no-name`. */
  readonly kind: "switch" | "value";
  readonly summary: string;
  /** One letter, for `-q`. */
  readonly short?: string;
  /** What stands for the value in help: `N`. */
  readonly placeholder?: string;
  /** Shown in help. */
  readonly defaultText?: string;
  readonly required?: boolean;
  /** Given several times, its values add up; otherwise the last one counts. */
  readonly repeatable?: boolean;
  /** Text to value. For a switch the text is `true` or `false`. */
  parse(text: string): Parsed<T>;
}

/** A flag with the name it is typed by, in kebab-case without dashes. */
export interface NamedFlag<T = unknown> extends Flag<T> {
  readonly name: string;
}

type About = Pick<Flag, "summary" | "short" | "placeholder" | "defaultText">;

export function switchFlag(about: Pick<Flag, "summary" | "short">): Flag<boolean> {
  return { kind: "switch", ...about, parse: parseBoolean };
}

export function textFlag(about: About): Flag<string> {
  return { kind: "value", ...about, parse: (value) => ({ ok: true, value }) };
}

/** A whole number of at least `least`. */
export function countFlag(about: About & { readonly least: number }): Flag<number> {
  const { least, ...rest } = about;
  return {
    kind: "value",
    placeholder: "N",
    ...rest,
    parse(text) {
      const value = Number(text);
      if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) {
        return { ok: true, value };
      }
      return { ok: false, problem: `not a whole number of at least ${least}` };
    },
  };
}

/** A number of bytes, such as `1GiB` or `500MB`, of at least `least`. */
export function sizeFlag(
  about: About & { readonly least: number; readonly leastText: string },
): Flag<number> {
  const { least, leastText, ...rest } = about;
  return {
    kind: "value",
    placeholder: "SIZE",
    ...rest,
    parse(text) {
      const value = parseByteSize(text);
      if (value === undefined) return { ok: false, problem: "not a size such as 1GiB or 500MB" };
      if (value < least) return { ok: false, problem: `less than ${leastText}` };
      return { ok: true, value };
    },
  };
}

/** One of a few words. */
export function choiceFlag<const Choice extends string>(
  about: About & { readonly choices: readonly Choice[] },
): Flag<Choice> {
  const { choices, ...rest } = about;
  return {
    kind: "value",
    placeholder: choices.join("|"),
    ...rest,
    parse(text) {
      const value = choices.find((choice) => choice === text);
      return value === undefined
        ? { ok: false, problem: notOneOf(text, choices) }
        : { ok: true, value };
    },
  };
}

export function parseBoolean(text: string): Parsed<boolean> {
  if (text === "true" || text === "false") return { ok: true, value: text === "true" };
  return { ok: false, problem: "not true or false" };
}

/** Says which values there are, and which one was probably meant. */
export function notOneOf(text: string, choices: readonly string[]): string {
  const near = nearest(text, choices);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  if (choices.length === 1) return `there is only ${choices.join("")}`;
  return `not one of ${eitherOf(choices)}${meant}`;
}
