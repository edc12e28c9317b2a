import type { RowSchema } from "../../coders/row/row-schema.js";
import { propertyAccess, propertyKey, setProperty, specialise } from "../../model/specialise.js";
import type { ColumnValues } from "./column-values.js";

/** Makes row `i` of the columns that it was made for. */
export type RowAt = (i: number) => Record<string, unknown>;

/** Makes rows of columns, which come in the order of the schema's fields. */
export type RowMaker = (columns: readonly ColumnValues[]) => RowAt;

/**
 * Rows with the fields in the order of the schema, so that all have one shape. The code is made for
 * the fields, once for all row groups of a file: an object that is spelled out takes a tenth of the
 * time of one whose properties are added by name.
 */
export function rowMaker({ fields }: RowSchema): RowMaker {
  // Null where a value is missing: a property that is left out.
  const first = fields.findIndex(({ isOptional }) => isOptional === true);
  const always = first < 0 ? fields : fields.slice(0, first);
  const rest = fields.slice(always.length);
  const literal = always.map(({ name }, c) => `${propertyKey(name)}: c${c}[i]`).join(", ");
  const others = rest.map(({ name, isOptional }, r) => {
    const column = `c${always.length + r}[i]`;
    // As an assignment, which is faster, unless that would set the prototype.
    const set =
      name === "__proto__"
        ? `setProperty(row, "__proto__", ${column});`
        : `row${propertyAccess(name)} = ${column};`;
    return isOptional === true ? `if (${column} !== null) ${set}` : set;
  });
  const parameters = fields.map((_, c) => `c${c}`).join(", ");
  return specialise<RowMaker>(
    { setProperty },
    rest.length === 0
      ? `([${parameters}]) => (i) => ({ ${literal} })`
      : `([${parameters}]) => (i) => { const row = { ${literal} }; ${others.join(" ")} return row; }`,
  );
}
