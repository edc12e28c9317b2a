import type { SchemaElement, SchemaTree } from "hyparquet";
import type { RowField, RowSchema } from "../../coders/row/row-schema.js";
import { columnTypeOf, describeColumn } from "./column-type.js";
import { describeField } from "./describe-field.js";
import { type LeafDecoder, leafDecoder } from "./leaf-decoder.js";
import { childNames, type NestedDecoder, nestedDecoder } from "./nested-decoder.js";

/** How a field of the rows comes out of a file. */
export type PlannedColumn =
  | {
      readonly kind: "flat";
      readonly field: RowField;
      readonly path: SchemaTree[];
      readonly decoder: LeafDecoder;
    }
  | { readonly kind: "nested"; readonly field: RowField; readonly decode: NestedDecoder }
  /** The file lacks it: it is the same in all rows. */
  | { readonly kind: "missing"; readonly field: RowField; readonly value: unknown };

/** What a file is read as. */
export interface WantedRows {
  readonly rows: RowSchema;
  /** What fields are that a file lacks, by name. */
  readonly defaults: ReadonlyMap<string, unknown>;
}

export interface ColumnPlan {
  readonly columns: readonly PlannedColumn[];
  /** Everything that keeps the file from being read, in words. */
  readonly problems: readonly string[];
}

/** Finds each field among the columns of a file. Columns that no field names are never read. */
export function planColumns({ rows, defaults }: WantedRows, root: SchemaTree): ColumnPlan {
  const problems: string[] = [];
  const columns = rows.fields.map((field): PlannedColumn => {
    const { name, type } = field;
    const tree = root.children.find(({ element }) => element.name === name);
    if (tree === undefined) {
      if (type.nullable !== true && !defaults.has(name)) {
        problems.push(`column "${name}" is missing; the file has ${childNames(root)}`);
      }
      return { kind: "missing", field, value: defaults.get(name) ?? null };
    }
    if (tree.children.length > 0 || tree.element.repetition_type === "REPEATED") {
      const decode = nestedDecoder(type, tree, name, (problem) => problems.push(problem));
      return { kind: "nested", field, decode };
    }
    const decoder = leafDecoder(type, tree.element);
    if (decoder !== undefined) return { kind: "flat", field, path: [root, tree], decoder };
    const found = describeColumn(tree.element);
    problems.push(`column "${name}" is ${found}, and the schema has ${describeField(type)}`);
    return { kind: "missing", field, value: null };
  });
  return { columns, problems };
}

/** The schema with leaves as they are stored: what they mean is up to our decoders. */
export function storedSchema(schema: readonly SchemaElement[]): SchemaElement[] {
  return schema.map((element) => {
    if (element.type === undefined || columnTypeOf(element).kind === "string") return element;
    const { converted_type: _converted, logical_type: _logical, ...stored } = element;
    return stored;
  });
}
