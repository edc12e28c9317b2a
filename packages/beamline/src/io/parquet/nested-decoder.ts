import type { SchemaTree } from "hyparquet";
import { type FieldType, logicalTypeUrns, type RowField } from "../../coders/row/row-schema.js";
import { describeColumn } from "./column-type.js";
import { describeField } from "./describe-field.js";
import { leafDecoder } from "./leaf-decoder.js";

/** Turns a value as the library assembles it, never null, into that of a field. */
export type NestedDecoder = (value: unknown) => unknown;

/** What does not fit, in words, as it is found. */
export type Report = (problem: string) => void;

/**
 * The decoder of a column with parts. `path` is where it stands, for errors; it is called with
 * every part that does not fit.
 */
export function nestedDecoder(
  type: FieldType,
  tree: SchemaTree,
  path: string,
  report: Report,
): NestedDecoder {
  const nested = partsDecoder(type, tree, path, report);
  if (nested !== undefined) return nested;
  const leaf = tree.children.length > 0 ? undefined : leafDecoder(type, tree.element);
  if (leaf !== undefined) return (value) => leaf.one(value);
  report(
    `column "${path}" is ${describeColumn(tree.element)}, and the schema has ${describeField(type)}`,
  );
  return (value) => value;
}

function partsDecoder(
  type: FieldType,
  tree: SchemaTree,
  path: string,
  report: Report,
): NestedDecoder | undefined {
  switch (type.kind) {
    case "array":
    case "iterable": {
      const element = elementOf(tree);
      if (element === undefined) return undefined;
      return arrayOf(itemDecoder(type.element, element, `${path}[]`, report));
    }
    case "map":
      return mapDecoder(type, tree, path, report, (entries) => new Map(entries));
    case "row":
      if (tree.children.length === 0 || isAnnotated(tree)) return undefined;
      return rowDecoder(type.schema.fields, tree, path, report);
    case "logical":
      if (type.urn !== logicalTypeUrns.record || type.representation.kind !== "map") {
        return undefined;
      }
      return mapDecoder(type.representation, tree, path, report, (entries) =>
        Object.fromEntries(entries),
      );
    case "atomic":
      return undefined;
  }
}

/** Of an item, key or part, which may be null by itself. */
function itemDecoder(type: FieldType, tree: SchemaTree, path: string, report: Report) {
  const decode = nestedDecoder(type, tree, path, report);
  return (value: unknown) => {
    if (value !== null && value !== undefined) return decode(value);
    if (type.nullable === true) return null;
    throw new Error(`"${path}" is null, and the schema has it as not nullable`);
  };
}

function arrayOf(item: NestedDecoder): NestedDecoder {
  return (value) => Array.from(value as ArrayLike<unknown>, item);
}

function mapDecoder(
  { key, value }: Extract<FieldType, { kind: "map" }>,
  tree: SchemaTree,
  path: string,
  report: Report,
  make: (entries: readonly [string, unknown][]) => unknown,
): NestedDecoder | undefined {
  const [keys, values] = tree.children[0]?.children ?? [];
  if (tree.element.converted_type !== "MAP" || keys === undefined || values === undefined) {
    return undefined;
  }
  const keyOf = nestedDecoder(key, keys, `${path} (key)`, report);
  const heldOf = itemDecoder(value, values, `${path} (value)`, report);
  const { type } = keys.element;
  return (entries) =>
    make(
      Object.entries(entries as object).map(([text, held]) => [
        keyOf(rawKey(text, type)) as string,
        heldOf(held),
      ]),
    );
}

/** The library has keys as the names of properties. */
function rawKey(text: string, type: string | undefined): unknown {
  switch (type) {
    case "INT64":
      return BigInt(text);
    case "INT32":
    case "FLOAT":
    case "DOUBLE":
      return Number(text);
    case "BOOLEAN":
      return text === "true";
    default:
      return text;
  }
}

function rowDecoder(
  fields: readonly RowField[],
  tree: SchemaTree,
  path: string,
  report: Report,
): NestedDecoder {
  const parts = fields.flatMap((field) => {
    const at = `${path}.${field.name}`;
    const child = tree.children.find(({ element }) => element.name === field.name);
    if (child !== undefined) {
      return [{ ...field, read: itemDecoder(field.type, child, at, report) }];
    }
    if (field.type.nullable !== true) {
      report(`column "${at}" is missing; the file has ${childNames(tree)}`);
    }
    return [{ ...field, read: () => null }];
  });
  return (value) => {
    const held = value as Readonly<Record<string, unknown>>;
    const row: Record<string, unknown> = {};
    for (const { name, isOptional, read } of parts) {
      const part = read(held[name]);
      if (part !== null || isOptional !== true) row[name] = part;
    }
    return row;
  };
}

/** For errors: the columns below a node. */
export function childNames({ children }: SchemaTree): string {
  const names = children.map(({ element }) => element.name);
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

const MOST_NAMES = 20;

function isAnnotated({ element }: SchemaTree): boolean {
  return element.converted_type === "LIST" || element.converted_type === "MAP";
}

/** What a list is of: in three levels, as the format asks for, or in two, as older files have it. */
function elementOf(tree: SchemaTree): SchemaTree | undefined {
  if (tree.element.converted_type !== "LIST") return undefined;
  const [repeated] = tree.children;
  const [only, second] = repeated?.children ?? [];
  return only !== undefined && second === undefined ? only : repeated;
}
