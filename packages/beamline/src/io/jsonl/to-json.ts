import { BeamlineError } from "../../model/errors.js";
import { dateFormatter } from "../records/text-values.js";

/**
 * A function that makes one line of JSON of a value. Dates become ISO strings, bigints their digits
 * as a string, bytes base64, and maps with strings as keys objects. What JSON would silently change
 * is an error.
 *
 * @throws BeamlineError `NOT_JSON`
 */
export function jsonFormatter(): (value: unknown) => string {
  const formatDate = dateFormatter();
  return (value) => {
    const line = JSON.stringify(needsCare(value) ? plain(value, "", formatDate) : value);
    if (typeof line === "string") return line;
    throw notJson("", `it is ${value === undefined ? "undefined" : `a ${typeof value}`}`);
  };
}

/** Whether JSON.stringify would refuse it or lose something; or takes long, as for dates. */
function needsCare(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return !Number.isFinite(value);
    case "bigint":
      return true;
    case "object":
      return value !== null && partsNeedCare(value);
    default:
      return false;
  }
}

function partsNeedCare(value: object): boolean {
  if (Array.isArray(value)) return value.some(needsCare);
  if (value instanceof Date || isSpecial(value)) return true;
  for (const name in value) {
    if (needsCare((value as Readonly<Record<string, unknown>>)[name])) return true;
  }
  return false;
}

function isSpecial(value: object): boolean {
  return value instanceof Map || value instanceof Set || ArrayBuffer.isView(value);
}

/** The value in JSON's own types. */
function plain(value: unknown, path: string, formatDate: (date: Date) => string): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) throw notJson(path, `it is ${value}`);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, i) => plain(item, `${path}[${i}]`, formatDate));
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw notJson(path, "it is an invalid date");
    return formatDate(value);
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Map) return plain(objectOf(value, path), path, formatDate);
  if (isSpecial(value)) throw notJson(path, `it is a ${value.constructor.name}`);
  if ("toJSON" in value) return value;
  return plainObject(value, path, formatDate);
}

function plainObject(
  value: object,
  path: string,
  formatDate: (date: Date) => string,
): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const item: unknown = (value as Readonly<Record<string, unknown>>)[name];
    const isPlain = typeof item === "string" || typeof item === "boolean";
    const own = isPlain ? item : plain(item, path === "" ? name : `${path}.${name}`, formatDate);
    if (name !== "__proto__") made[name] = own;
    else Object.defineProperty(made, name, { value: own, enumerable: true });
  }
  return made;
}

function objectOf(map: ReadonlyMap<unknown, unknown>, path: string): Record<string, unknown> {
  for (const key of map.keys()) {
    if (typeof key !== "string") throw notJson(path, `it is a Map with a ${typeof key} as a key`);
  }
  return Object.fromEntries(map as ReadonlyMap<string, unknown>);
}

function notJson(path: string, state: string): BeamlineError {
  const where = path === "" ? "" : `, in "${path}"`;
  return new BeamlineError(
    "NOT_JSON",
    `Cannot write an element as JSON${where}: ${state}, which JSON does not have; map() it to strings, numbers, booleans, null, arrays and objects before jsonl.write()`,
  );
}
