import type { RowGroup, SchemaTree, Statistics } from "hyparquet";
import { logicalTypeUrns, type RowField, type RowSchema } from "../../coders/row/row-schema.js";
import { BeamlineError } from "../../model/errors.js";
import { columnTypeOf } from "./column-type.js";
import type { FieldValues } from "./read-row-group.js";
import type { Between, Comparable } from "./where-types.js";

/** Rows within limits. Row groups that can have none, by their statistics, are not read at all. */
export class RowFilter {
  private readonly limits: readonly (readonly [name: string, between: Between<Comparable>])[];

  constructor(where: Readonly<Record<string, unknown>>, { fields }: RowSchema) {
    this.limits = Object.entries(where).flatMap(([name, between]) => {
      if (between === undefined) return [];
      requireComparable(
        name,
        fields.find((field) => field.name === name),
      );
      return [[name, between as Between<Comparable>] as const];
    });
  }

  /** Whether no row of the group can be within the limits. */
  rulesOut({ columns }: RowGroup, { children }: SchemaTree): boolean {
    return this.limits.some(([name, { atLeast, atMost }]) => {
      const element = children.find((child) => child.element.name === name)?.element;
      // The library has statistics of decimals as numbers, which are not exact.
      if (element === undefined || columnTypeOf(element).kind === "decimal") return false;
      const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === name);
      const { min_value: min, max_value: max } = chunk?.meta_data?.statistics ?? {};
      return isBefore(max, atLeast) || isBefore(atMost, min);
    });
  }

  /** The rows within the limits, of `count`. */
  keep(fields: readonly FieldValues[], count: number): Uint32Array {
    const columns = this.limits.map(([name, between]) => ({
      ...between,
      values: fields.find((field) => field.name === name)?.values ?? [],
    }));
    const kept = new Uint32Array(count);
    let length = 0;
    for (let i = 0; i < count; i++) {
      const fits = columns.every(({ atLeast, atMost, values }) => {
        const value = values[i] as Comparable | null;
        if (value === null) return false;
        return (
          !(atLeast !== undefined && value < atLeast) && !(atMost !== undefined && value > atMost)
        );
      });
      if (fits) kept[length++] = i;
    }
    return kept.subarray(0, length);
  }
}

const COMPARABLE: ReadonlySet<string> = new Set([
  ...["byte", "int16", "int32", "int64", "float", "double", "string"],
  ...[logicalTypeUrns.millisInstant, logicalTypeUrns.bigint],
]);

function requireComparable(name: string, field: RowField | undefined): void {
  const type = field?.type;
  if (type?.kind === "atomic" && COMPARABLE.has(type.type)) return;
  if (type?.kind === "logical" && COMPARABLE.has(type.urn)) return;
  const state = type === undefined ? "is no field of the schema" : "has no order to compare by";
  throw new BeamlineError(
    "BAD_FIELDS",
    `Cannot apply parquet.read(): "${name}" in "where" ${state}; name fields that are numbers, strings or dates`,
  );
}

/** Whether it is certain that all of `a` lies before all of `b`. */
function isBefore(a: Statistics["min_value"], b: Statistics["min_value"]): boolean {
  if (a === undefined || b === undefined) return false;
  const [left, right] = [orderOf(a), orderOf(b)];
  if (left === undefined || right === undefined) return false;
  if (typeof left === "string" || typeof right === "string") {
    // Statistics may be cut short, and are in the order of bytes.
    if (typeof left !== "string" || typeof right !== "string") return false;
    return Buffer.compare(Buffer.from(`${left}${HIGHEST}`), Buffer.from(right)) < 0;
  }
  return left < right;
}

const HIGHEST = "\u{10ffff}";

function orderOf(
  value: NonNullable<Statistics["min_value"]>,
): number | bigint | string | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number" || typeof value === "bigint") return value;
  return typeof value === "string" ? value : undefined;
}
