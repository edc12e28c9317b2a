import { kebabCase } from "../text/names.js";
import { nearest } from "../text/nearest.js";
import type { NamedFlag } from "./flag.js";
import type { Problem } from "./usage-error.js";

/** The flags that may be typed. */
export interface FlagScopes {
  readonly own: readonly NamedFlag[];
  /** The pipeline's: also reachable after `--`, where nothing else is. Absent: `--` ends the flags. */
  readonly pipeline?: readonly NamedFlag[];
}

export interface ParsedArguments {
  readonly positionals: readonly string[];
  /** Values by flag, in the order given. */
  readonly values: ReadonlyMap<NamedFlag, readonly unknown[]>;
  readonly problems: readonly Problem[];
  /** Flags that went to the command although the pipeline has one of the same name. */
  readonly contested: readonly NamedFlag[];
  /** Flags that mistyped ones probably stand for. */
  readonly guessed: ReadonlySet<NamedFlag>;
}

interface Match {
  readonly flag: NamedFlag;
  readonly negated: boolean;
}

/** Reads a command line; what is wrong with it comes back as problems, all of them. */
export function parseArguments(argv: readonly string[], scopes: FlagScopes): ParsedArguments {
  const { own, pipeline } = scopes;
  const positionals: string[] = [];
  const values = new Map<NamedFlag, unknown[]>();
  const problems: Problem[] = [];
  const contested = new Set<NamedFlag>();
  const guessed = new Set<NamedFlag>();
  let flags = [...own, ...(pipeline ?? [])];

  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? "";
    if (token === "--") {
      if (pipeline === undefined) {
        positionals.push(...argv.slice(i + 1));
        break;
      }
      flags = [...pipeline];
      continue;
    }
    if (!looksLikeFlag(token)) {
      positionals.push(token);
      continue;
    }
    const equals = token.indexOf("=");
    const typed = equals < 0 ? token : token.slice(0, equals);
    const inline = equals < 0 ? undefined : token.slice(equals + 1);
    const match = findFlag(typed, flags);
    const next = argv[i + 1];
    const nextIsValue = inline === undefined && next !== undefined && !looksLikeFlag(next);
    if (match === undefined) {
      const guess = suggestion(typed, flags);
      problems.push({ subject: typed, message: unknownFlag(guess) });
      if (guess !== undefined) guessed.add(guess);
      // A probable value would only cause a second complaint.
      if (nextIsValue && (guess?.kind === "value" || (!guess && pipeline))) i++;
      continue;
    }
    const { flag, negated } = match;
    if (own.includes(flag) && pipeline?.some(({ name }) => name === flag.name)) contested.add(flag);
    let text = inline;
    if (flag.kind === "switch") {
      text ??= "true";
      if (negated) text = text === "true" ? "false" : "true";
    } else if (text === undefined) {
      if (!nextIsValue) {
        const form = `${typed}=${flag.placeholder ?? "VALUE"}`;
        problems.push({ subject: typed, message: `needs a value; write ${form}` });
        continue;
      }
      text = next;
      i++;
    }
    const parsed = flag.parse(text);
    if (!parsed.ok) {
      problems.push({ subject: `${typed} ${quoteIfNeeded(text)}`, message: parsed.problem });
      if (!values.has(flag)) values.set(flag, []);
      continue;
    }
    const given = values.get(flag);
    if (given === undefined || flag.repeatable !== true) values.set(flag, [parsed.value]);
    else given.push(parsed.value);
  }
  return { positionals, values, problems, contested: [...contested], guessed };
}

/** Text that starts with a dash, but neither `-` alone nor a negative number. */
function looksLikeFlag(token: string): boolean {
  return token.startsWith("-") && token !== "-" && !/^-[.\d]/.test(token);
}

function findFlag(typed: string, flags: readonly NamedFlag[]): Match | undefined {
  if (!typed.startsWith("--")) {
    const flag = flags.find(({ short }) => short !== undefined && typed === `-${short}`);
    return flag && { flag, negated: false };
  }
  const name = kebabCase(typed.slice(2));
  const flag = flags.find((each) => each.name === name);
  if (flag !== undefined) return { flag, negated: false };
  if (!name.startsWith("no-")) return undefined;
  const positive = flags.find((each) => each.kind === "switch" && each.name === name.slice(3));
  return positive && { flag: positive, negated: true };
}

function suggestion(typed: string, flags: readonly NamedFlag[]): NamedFlag | undefined {
  const name = kebabCase(typed.replace(/^-+/, ""));
  const near = nearest(
    name.replace(/^no-/, ""),
    flags.map((flag) => flag.name),
  );
  return flags.find((flag) => flag.name === near);
}

function unknownFlag(guess: NamedFlag | undefined): string {
  return `no such flag${guess === undefined ? "" : `; did you mean --${guess.name}?`}`;
}

export function quoteIfNeeded(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : JSON.stringify(text);
}
