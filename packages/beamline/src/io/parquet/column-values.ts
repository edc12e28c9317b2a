import { releaseMemory } from "../../bytes/release.js";

/** The values of a column in one row group, null where there is none. */
export type ColumnValues = ArrayLike<unknown>;

/** A part of a column: a view, where it has numbers. */
export function valuesBetween(values: ColumnValues, from: number, to: number): ColumnValues {
  if (from === 0 && to === values.length) return values;
  if (Array.isArray(values)) return values.slice(from, to);
  return (values as Float64Array).subarray(from, to);
}

/** Values that are there, with null in place of the others: `present` has 1 for each that is. */
export function withNulls(values: ColumnValues, present: Uint8Array): unknown[] {
  const all = new Array<unknown>(present.length);
  let next = 0;
  for (let i = 0; i < present.length; i++) all[i] = present[i] === 1 ? values[next++] : null;
  return all;
}

/** Pages as one: of numbers, if all of them are. */
export function joined(parts: readonly ColumnValues[], rows: number): ColumnValues {
  const [first] = parts;
  if (first === undefined) return [];
  if (parts.length === 1) return first;
  const all = arrayLike(parts, rows);
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) all[at + i] = part[i];
    at += part.length;
    if (ArrayBuffer.isView(part)) releaseMemory(part);
  }
  return all;
}

function arrayLike(parts: readonly ColumnValues[], rows: number): Joined {
  if (parts.every((part) => part instanceof Int32Array)) return new Int32Array(rows) as Joined;
  if (parts.every((part) => part instanceof Float32Array)) return new Float32Array(rows) as Joined;
  const areNumbers = parts.every(
    (part) =>
      part instanceof Int32Array || part instanceof Float64Array || part instanceof Float32Array,
  );
  return areNumbers ? (new Float64Array(rows) as Joined) : new Array<unknown>(rows);
}

/** For values of a dictionary. */
export function sameKind(dictionary: ColumnValues, count: number): Joined {
  if (dictionary instanceof Int32Array) return new Int32Array(count) as Joined;
  if (dictionary instanceof Float64Array) return new Float64Array(count) as Joined;
  return new Array<unknown>(count);
}

/** What values can be put into, each in its place. */
export type Joined = { [i: number]: unknown } & ColumnValues;
