import type { SchemaElement, SchemaTree } from "hyparquet";
import { logicalTypeUrns, type RowField, type RowSchema } from "../../../coders/row/row-schema.js";
import type { ParquetLibrary, ParquetWriteLibrary } from "../open-parquet.js";
import { BooleanColumn } from "./boolean-column.js";
import { BytesColumn } from "./bytes-column.js";
import { ChunkWriter } from "./chunk-writer.js";
import type { ColumnWriter } from "./column-writer.js";
import type { PagePacker } from "./compress.js";
import { LibraryColumn } from "./library-column.js";
import { FloatColumn, Int32Column, Int64Column } from "./number-columns.js";

/** A writer for each field of the rows. */
export function columnsOf(
  lib: ParquetWriteLibrary,
  { parquetSchema }: Pick<ParquetLibrary, "parquetSchema">,
  packer: PagePacker,
  { fields }: RowSchema,
  schema: SchemaElement[],
): ColumnWriter[] {
  const root = parquetSchema({ schema } as Parameters<typeof parquetSchema>[0]);
  return fields.map((field, i) => {
    const tree = root.children[i] as SchemaTree;
    return (
      flatColumn(lib, packer, field, tree) ?? new LibraryColumn(lib, packer, field.type, root, tree)
    );
  });
}

function flatColumn(
  lib: ParquetWriteLibrary,
  packer: PagePacker,
  { name, type }: RowField,
  { element, children }: SchemaTree,
): ColumnWriter | undefined {
  const physical = element.type;
  const isDecimal = type.kind === "logical" && type.urn === logicalTypeUrns.decimal;
  if (physical === undefined || children.length > 0 || isDecimal) return undefined;
  const chunk = new ChunkWriter(lib, packer, name, physical, type.nullable === true);
  switch (physical) {
    case "BOOLEAN":
      return new BooleanColumn(name, chunk);
    case "INT32":
      return new Int32Column(name, chunk, BITS[element.converted_type ?? ""] ?? 32);
    case "INT64":
      return new Int64Column(name, chunk, element.converted_type === "TIMESTAMP_MILLIS");
    case "FLOAT":
    case "DOUBLE":
      return new FloatColumn(name, chunk, physical === "DOUBLE");
    case "BYTE_ARRAY":
      return new BytesColumn(name, chunk, element.converted_type === "UTF8");
    default:
      return undefined;
  }
}

const BITS: Readonly<Record<string, number>> = { INT_8: 8, INT_16: 16 };
