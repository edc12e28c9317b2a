import { type FieldType, logicalTypeUrns } from "../../coders/row/row-schema.js";

const LOGICAL: Readonly<Record<string, string>> = {
  [logicalTypeUrns.millisInstant]: "a date",
  [logicalTypeUrns.decimal]: "a decimal",
  [logicalTypeUrns.bigint]: "a bigint",
  [logicalTypeUrns.record]: "a record",
};

/** The type of a field in words, for errors. */
export function describeField(type: FieldType): string {
  switch (type.kind) {
    case "atomic":
      return type.type === "boolean" || type.type === "string" ? `a ${type.type}` : type.type;
    case "array":
    case "iterable":
      return "an array";
    case "map":
      return "a map";
    case "row":
      return "an object";
    case "logical":
      return LOGICAL[type.urn] ?? describeField(type.representation);
  }
}
