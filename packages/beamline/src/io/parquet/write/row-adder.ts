import type { RowSchema } from "../../../coders/row/row-schema.js";
import { propertyAccess, specialise } from "../../../model/specialise.js";
import type { ColumnWriter } from "./column-writer.js";

/** Gives each field of a row to its column. */
export type AddRow = (row: Readonly<Record<string, unknown>>) => void;

/** Makes it for the columns of a file, which come in the order of the schema's fields. */
export type RowAdder = (columns: readonly ColumnWriter[]) => AddRow;

/**
 * Takes rows apart: code made for the fields, once for all files of an output, so that V8 knows what
 * kind of column each field goes to, and where it lies in the row.
 *
 * @param failed - Makes the error of a value that a column does not take.
 */
export function rowAdder(
  { fields }: RowSchema,
  failed: (name: string, cause: unknown) => unknown,
): RowAdder {
  const columns = fields.map((_, i) => `c${i}`).join(", ");
  const adds = fields.map(({ name }, i) => `at = ${i}; c${i}.add(row${propertyAccess(name)});`);
  const source = `([${columns}]) => (row) => {
    let at = 0;
    try { ${adds.join("\n")} } catch (cause) { throw failed(names[at], cause); }
  }`;
  return specialise<RowAdder>({ names: fields.map(({ name }) => name), failed }, source);
}
