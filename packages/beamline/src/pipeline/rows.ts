import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import { kv } from "../coders/kv.js";
import { RowCoder } from "../coders/row/row-coder.js";
import type { RowField } from "../coders/row/row-schema.js";
import type { CombineFn } from "../fn/combine-fn.js";
import type { GraphBuilder, Label } from "../graph/graph-builder.js";
import type { PCollectionId } from "../graph/nodes.js";
import { fieldAt, fieldReader, lastName } from "../schema/fields.js";
import { type JoinKind, joinPairs } from "./join.js";
import { addStep, partNamed } from "./steps.js";

type Row = Readonly<Record<string, unknown>>;

/** The function that picks fields out of rows. */
export function selecting(paths: readonly string[]): (row: unknown) => Row {
  const readers = paths.map((path) => [lastName(path), fieldReader(path)] as const);
  return (row) => {
    const picked: Record<string, unknown> = {};
    for (const [name, read] of readers) {
      const value = read(row);
      if (value !== undefined) picked[name] = value;
    }
    return picked;
  };
}

/** The coder of the rows that {@link selecting} makes, where that of its input is known. */
export function selectedCoder(
  coder: Coder<unknown> | undefined,
  paths: readonly string[],
): Coder<unknown> | undefined {
  if (!(coder instanceof RowCoder)) return undefined;
  const fields: RowField[] = [];
  for (const path of paths) {
    const field = fieldAt(coder.schema, path);
    if (field === undefined) return undefined;
    fields.push({ ...field, name: lastName(path) });
  }
  return new RowCoder<unknown>({ fields });
}

/** Pairs each row with the values of its fields, in the composite that is open. */
export function keyByFields(
  builder: GraphBuilder,
  name: string,
  rows: PCollectionId,
  paths: readonly string[],
): PCollectionId {
  const readers = paths.map(fieldReader);
  const fn = (row: unknown) => [readers.map((read) => read(row)), row];
  const id = addStep(builder, name, rows, { kind: "map", fn });
  const pairs = kv(js, builder.coderOf(rows) ?? js);
  builder.setCoder(id, pairs as unknown as Coder<unknown>);
  return id;
}

/** Makes a row of a group's fields and of what its rows were combined to. */
export function groupedRow(paths: readonly string[]) {
  const names = paths.map(lastName);
  return ([key, combined]: readonly [readonly unknown[], Row]): Row => ({
    ...Object.fromEntries(names.map((name, i) => [name, key[i]])),
    ...combined,
  });
}

/** Joins rows that have the same values in `fields`; each pair becomes one row. */
export function joinRows(
  builder: GraphBuilder,
  label: Label,
  kind: JoinKind,
  left: PCollectionId,
  right: PCollectionId,
  fields: readonly string[],
): PCollectionId {
  return builder.composite(
    label,
    [left, right],
    (id: PCollectionId) => [id],
    () => {
      const joined = joinPairs(
        builder,
        partNamed("Join"),
        kind,
        keyByFields(builder, "Key left", left, fields),
        keyByFields(builder, "Key right", right, fields),
      );
      type Sides = readonly [Row | undefined, Row | undefined];
      const fn = ([, [a, b]]: readonly [unknown, Sides]) => ({ ...b, ...a });
      const rows = addStep(builder, "Merge", joined, { kind: "map", fn });
      const coder = mergedCoder(builder.coderOf(left), builder.coderOf(right), kind, fields);
      if (coder !== undefined) builder.setCoder(rows, coder);
      return rows;
    },
  );
}

function mergedCoder(
  left: Coder<unknown> | undefined,
  right: Coder<unknown> | undefined,
  { keepsLeft, keepsRight }: JoinKind,
  common: readonly string[],
): Coder<unknown> | undefined {
  if (!(left instanceof RowCoder && right instanceof RowCoder)) return undefined;
  const ours = left.schema.fields;
  const names = new Set(ours.map(({ name }) => name));
  const theirs = right.schema.fields.filter(({ name }) => !names.has(name));
  const fields = [
    ...ours.map((field) => (keepsRight && !common.includes(field.name) ? missing(field) : field)),
    ...theirs.map((field) => (keepsLeft ? missing(field) : field)),
  ].map(({ position: _, ...field }) => field);
  return new RowCoder<unknown>({ fields });
}

/** The same field, which rows may also lack. One that may be null comes back as null then. */
function missing(field: RowField): RowField {
  if (field.type.nullable === true) return field;
  return { ...field, type: { ...field.type, nullable: true }, isOptional: true };
}

/** A combine function under its own types, as the graph holds it. */
export function untyped(combine: unknown): CombineFn<unknown, unknown, unknown> {
  return combine as CombineFn<unknown, unknown, unknown>;
}
