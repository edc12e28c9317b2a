import type { FieldValues } from "./read-row-group.js";

/** Makes row `i` of the columns that it was made for. */
export type RowAt = (i: number) => Record<string, unknown>;

/** Rows with the fields in the order of the schema, so that all have one shape. */
export function rowsOf(fields: readonly FieldValues[]): RowAt {
  const names = fields.map(({ name }) => name);
  const columns = fields.map(({ values }) => values);
  const isAlways = fields.map(({ isOptional }) => !isOptional);
  const { length } = fields;
  return (i) => {
    const row: Record<string, unknown> = {};
    for (let c = 0; c < length; c++) {
      const value = columns[c]?.[i];
      if (value !== null || isAlways[c] === true) row[names[c] as string] = value;
    }
    return row;
  };
}
