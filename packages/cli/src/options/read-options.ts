import type { OptionsSchema } from "beamline";
import type * as zod from "zod/v4/core";
import type { Problem } from "../command/usage-error.js";
import { type OptionFlag, shapeOf } from "./option-flags.js";
import type { OptionKind } from "./option-kind.js";
import { unwrap } from "./option-kind.js";

export interface ReadOptions {
  /** What the definition's `toGraph` takes: before the schema parsed it. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** Required options that were not given. */
  readonly missing: readonly OptionFlag[];
  readonly problems: readonly Problem[];
}

/** Gathers flag values into options and asks the schema what it thinks of them. */
export function readOptions(
  schema: OptionsSchema | undefined,
  flags: readonly OptionFlag[],
  values: ReadonlyMap<unknown, readonly unknown[]>,
): ReadOptions {
  if (schema === undefined) return { raw: {}, missing: [], problems: [] };
  const raw = requiredObjects(schema);
  // A flag whose text was no value is there without one, and has been complained about.
  const garbled = new Set<OptionFlag>();
  for (const flag of flags) {
    const given = values.get(flag);
    if (given === undefined) continue;
    if (given.length === 0) garbled.add(flag);
    else place(raw, flag.path, flag.option.kind === "list" ? [...given] : given.at(-1));
  }
  const result = schema.safeParse(raw);
  const missing: OptionFlag[] = [];
  const problems: Problem[] = [];
  for (const issue of result.success ? [] : result.error.issues) {
    const flag = flags.find((each) => startsWith(issue.path, each.path));
    if (flag === undefined) {
      problems.push({ subject: issue.path.join(".") || "options", message: issue.message });
    } else if (garbled.has(flag)) {
      // Said already.
    } else if (values.has(flag)) {
      problems.push({ subject: subjectOf(flag, raw, issue), message: sentence(issue.message) });
    } else if (!missing.includes(flag)) {
      missing.push(flag);
    }
  }
  return { raw, missing, problems };
}

/** Values that most schemas accept, for those who only want to see the graph. */
export function standIn(flag: OptionFlag): unknown {
  return standInFor(flag.option, flag.name);
}

function standInFor(kind: OptionKind, name: string): unknown {
  switch (kind.kind) {
    case "text":
      return kind.format === "url" ? `https://${name}.example` : `<${name}>`;
    case "number":
      return 1;
    case "bigint":
      return 1n;
    case "boolean":
      return false;
    case "date":
      return new Date(0);
    case "choice":
      return kind.values[0];
    case "nullable":
      return null;
    case "either":
      return kind.options[0] && standInFor(kind.options[0], name);
    case "list":
      return [standInFor(kind.element, name)];
    case "json":
      return {};
  }
}

/** Sets a value deep inside the options. */
export function place(
  target: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  target[key] ??= {};
  place(target[key] as Record<string, unknown>, rest, value);
}

/** Objects that must be there, so that the schema names what is missing inside them. */
function requiredObjects(schema: zod.$ZodType): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(shapeOf(schema) ?? {})) {
    const { schema: inner, optional, nullable } = unwrap(property);
    if (!optional && !nullable && shapeOf(inner) !== undefined) found[key] = requiredObjects(inner);
  }
  return found;
}

function startsWith(path: readonly PropertyKey[], start: readonly string[]): boolean {
  return start.every((key, index) => path[index] === key);
}

function subjectOf(
  flag: OptionFlag,
  raw: Readonly<Record<string, unknown>>,
  issue: zod.$ZodIssue,
): string {
  const depth = flag.option.kind === "list" ? flag.path.length + 1 : flag.path.length;
  let value: unknown = raw;
  for (const key of issue.path.slice(0, depth))
    value = (value as Record<PropertyKey, unknown>)[key];
  return Array.isArray(value) ? `--${flag.name}` : `--${flag.name} ${shown(value)}`;
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}

/** zod's message as the rest of a line of ours. */
function sentence(message: string): string {
  return message.replace(/^Invalid input: /, "").replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase());
}
