import { shortDigests } from "../text/short-digests.js";

/** A field that an object should have otherwise. */
export interface FieldChange {
  /** `spec.executor.memory`. */
  readonly path: string;
  /** Undefined when it is not there. */
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * In which fields a live object differs from what is wanted. What only the live one has does not
 * count: defaults, status, and what others have added.
 */
export function changesTo(live: unknown, wanted: unknown, path = ""): FieldChange[] {
  if (isObject(wanted)) {
    const there = isObject(live) ? live : {};
    return Object.entries(wanted).flatMap(([key, value]) =>
      value === undefined ? [] : changesTo(there[key], value, path === "" ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) {
      return [{ path, from: live, to: wanted }];
    }
    return wanted.flatMap((item: unknown, index) =>
      changesTo(live[index], item, `${path}[${index}]`),
    );
  }
  return live === wanted ? [] : [{ path, from: live, to: wanted }];
}

/** `spec.executor.memory: 512m -> 1g`. */
export function changeWords({ path, from, to }: FieldChange): string {
  return from === undefined ? `${path}: ${short(to)}` : `${path}: ${short(from)} -> ${short(to)}`;
}

const MAX = 60;

function short(value: unknown): string {
  const text = shortDigests(typeof value === "string" ? value : JSON.stringify(value));
  return text.length > MAX ? `${text.slice(0, MAX - 1)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
