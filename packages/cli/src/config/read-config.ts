import { dirname, resolve } from "node:path";
import type { FlagTable } from "../command/command.js";
import type { Flag } from "../command/flag.js";
import type { Problem } from "../command/usage-error.js";
import { holdsAccessKey, INSTEAD, isSecretName } from "../manifest/secrets.js";
import { eitherOf } from "../text/names.js";
import { nearest } from "../text/nearest.js";
import { shortPath } from "../text/short-path.js";
import { lineOf } from "./find-line.js";
import type { LoadedConfig } from "./load-config.js";

export interface ReadConfigOptions {
  /** The environment that was asked for. */
  readonly environment: string | undefined;
  /** Every flag that a file may set. */
  readonly flags: FlagTable;
  /** For paths in problems. */
  readonly cwd: string;
}

export interface ConfigValues {
  /** As a command's handler takes them; of repeatable flags, lists. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The environment that counts, after the file's default. */
  readonly environment: string | undefined;
  readonly problems: readonly Problem[];
}

/** Settings whose values are files, relative to the configuration's folder. */
const FILES: ReadonlySet<string> = new Set(["patch"]);

const PARTS = ["defaults", "environments", "defaultEnvironment"];

/** Checks a whole configuration, every environment of it, and gives what one of them says. */
export function readConfig(config: LoadedConfig, options: ReadConfigOptions): ConfigValues {
  const problems: Problem[] = [];
  const file = shortPath(config.path, options.cwd);
  const complain = (path: readonly string[], message: string) => {
    const line = lineOf(config.source, path);
    const place = line === undefined ? file : `${file}:${line}`;
    problems.push({ subject: [place, path.join(".")].join(" ").trimEnd(), message });
  };
  const fail = (): ConfigValues => ({ values: {}, environment: undefined, problems });

  const root = config.value;
  if (!isObject(root)) {
    complain(
      [],
      "has no default export with settings; write: export default defineConfig({ ... })",
    );
    return fail();
  }
  for (const key of Object.keys(root)) {
    if (!PARTS.includes(key)) complain([key], noSuch("part", key, PARTS));
  }
  const section = (path: readonly string[], value: unknown): Record<string, unknown> => {
    if (value === undefined) return {};
    if (!isObject(value)) {
      complain(path, "is no object of settings");
      return {};
    }
    return sectionValues(value, path, options.flags, dirname(config.path), complain);
  };
  const defaults = section(["defaults"], root.defaults);
  const sections = new Map<string, Record<string, unknown>>();
  if (root.environments !== undefined && !isObject(root.environments)) {
    complain(["environments"], "is no object of environments by their names");
  } else {
    for (const [name, value] of Object.entries(root.environments ?? {})) {
      sections.set(name, section(["environments", name], value));
    }
  }
  const names = [...sections.keys()];
  const byDefault = root.defaultEnvironment;
  if (byDefault !== undefined && !(typeof byDefault === "string" && sections.has(byDefault))) {
    complain(["defaultEnvironment"], noSuch("environment", String(byDefault), names));
  }
  const environment =
    options.environment ?? (typeof byDefault === "string" ? byDefault : undefined);
  if (options.environment !== undefined && !sections.has(options.environment)) {
    problems.push({
      subject: `--env ${options.environment}`,
      message: `${file}: ${noSuch("environment", options.environment, names)}`,
    });
  }
  const chosen = environment === undefined ? {} : (sections.get(environment) ?? {});
  return { values: addUp(options.flags, defaults, chosen), environment, problems };
}

/** Values of repeatable flags add up, the more particular last; of others it alone counts. */
export function addUp(
  flags: FlagTable,
  general: Readonly<Record<string, unknown>>,
  particular: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const sum: Record<string, unknown> = { ...general };
  for (const [key, value] of Object.entries(particular)) {
    if (value === undefined) continue;
    const before = sum[key];
    const both = flags[key]?.repeatable === true && Array.isArray(before) && Array.isArray(value);
    sum[key] = both ? [...before, ...value] : value;
  }
  return sum;
}

type Complain = (path: readonly string[], message: string) => void;

function sectionValues(
  section: Readonly<Record<string, unknown>>,
  path: readonly string[],
  flags: FlagTable,
  folder: string,
  complain: Complain,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(section)) {
    if (setting === undefined) continue;
    const here = [...path, key];
    const flag = Object.hasOwn(flags, key) ? flags[key] : undefined;
    if (flag === undefined) {
      complain(here, isSecretName(key) ? INSTEAD : noSuch("setting", key, Object.keys(flags)));
      continue;
    }
    const texts = textsOf(setting, flag, here, complain);
    const parsed = texts.flatMap(([at, text]): unknown[] => {
      if (holdsAccessKey(text)) {
        complain(at, INSTEAD);
        return [];
      }
      const result = flag.parse(FILES.has(key) ? resolve(folder, text) : text);
      if (result.ok) return [result.value];
      complain(at, `${JSON.stringify(text)} is ${result.problem}`);
      return [];
    });
    if (parsed.length > 0) values[key] = flag.repeatable === true ? parsed : parsed.at(-1);
  }
  return values;
}

/** A setting as the texts that would be typed for it, each with its path. */
function textsOf(
  setting: unknown,
  flag: Flag,
  path: readonly string[],
  complain: Complain,
): readonly (readonly [readonly string[], string])[] {
  if (flag.repeatable !== true) {
    const text = textOf(setting, flag);
    if (text !== undefined) return [[path, text]];
    complain(path, `is ${shown(setting)}; it must be ${wanted(flag)}`);
    return [];
  }
  const isPairs = flag.placeholder === "NAME=VALUE";
  const entries: readonly (readonly [string, unknown])[] | undefined =
    isPairs && isObject(setting)
      ? Object.entries(setting)
      : !isPairs && Array.isArray(setting)
        ? setting.map((item, index) => [String(index), item] as const)
        : undefined;
  if (entries === undefined) {
    complain(path, `is ${shown(setting)}; it must be ${isPairs ? "an object" : "a list of texts"}`);
    return [];
  }
  return entries.flatMap(([name, value]) => {
    const here = [...path, name];
    if (isPairs && isSecretName(name)) {
      complain(here, INSTEAD);
      return [];
    }
    if (!["string", "number", "boolean"].includes(typeof value)) {
      complain(here, `is ${shown(value)}; it must be a text`);
      return [];
    }
    return [[here, isPairs ? `${name}=${value}` : String(value)] as const];
  });
}

function textOf(setting: unknown, { kind }: Flag): string | undefined {
  if (kind === "switch") return typeof setting === "boolean" ? String(setting) : undefined;
  return typeof setting === "string" || typeof setting === "number" ? String(setting) : undefined;
}

function wanted({ kind, placeholder }: Flag): string {
  if (kind === "switch") return "true or false";
  return placeholder === "N" ? "a number" : "a text";
}

function noSuch(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `no such ${what}; did you mean ${near}?`;
  if (known.length === 0) return `no such ${what}; there is none`;
  return known.length > 6 ? `no such ${what}` : `no such ${what}; there is ${eitherOf(known)}`;
}

function shown(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object"
    ? Array.isArray(value)
      ? "a list"
      : "an object"
    : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
