import type { OptionsSchema } from "beamline";
import type * as zod from "zod/v4/core";
import type { NamedFlag } from "../command/flag.js";
import { eitherOf, kebabCase } from "../text/names.js";
import { convert } from "./convert.js";
import { kindOf, type OptionKind, unwrap } from "./option-kind.js";

/** A flag made from an option of a pipeline. */
export interface OptionFlag extends NamedFlag {
  /** Where its value belongs in the options: `["retry", "times"]` for `--retry.times`. */
  readonly path: readonly string[];
  readonly option: OptionKind;
}

/** One flag for each option; those of nested objects have dotted names. */
export function flagsOfSchema(schema: OptionsSchema | undefined): OptionFlag[] {
  return schema === undefined ? [] : flagsOfShape(shapeOf(schema) ?? {}, [], true);
}

function flagsOfShape(
  shape: zod.$ZodShape,
  path: readonly string[],
  parentRequired: boolean,
): OptionFlag[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const { schema: inner, optional, nullable } = unwrap(schema);
    const required = parentRequired && !optional;
    const nested = nullable ? undefined : shapeOf(inner);
    if (nested !== undefined) return flagsOfShape(nested, [...path, key], required);
    return [toFlag(schema, [...path, key], required)];
  });
}

/** The properties of an object schema; undefined for other kinds and for empty objects. */
export function shapeOf(schema: zod.$ZodType): zod.$ZodShape | undefined {
  const { def } = (schema as zod.$ZodTypes)._zod;
  return def.type === "object" && Object.keys(def.shape).length > 0 ? def.shape : undefined;
}

function toFlag(schema: zod.$ZodType, path: readonly string[], required: boolean): OptionFlag {
  const { description, defaultValue } = unwrap(schema);
  const option = kindOf(schema);
  return {
    kind: option.kind === "boolean" ? "switch" : "value",
    name: path.map(kebabCase).join("."),
    summary: description ?? "",
    placeholder: placeholderOf(option),
    ...(defaultValue === undefined ? {} : { defaultText: textOf(defaultValue) }),
    required,
    repeatable: option.kind === "list",
    parse: (text) => convert(option, text),
    path,
    option,
  };
}

/** What stands for the value in help. */
function placeholderOf(kind: OptionKind): string {
  switch (kind.kind) {
    case "text":
      return textPlaceholder(kind.format);
    case "number":
      return kind.whole ? "INTEGER" : "NUMBER";
    case "bigint":
      return "INTEGER";
    case "boolean":
      return "true|false";
    case "date":
      return "DATE";
    case "choice":
      return kind.values.map(String).join("|");
    case "nullable":
      return `${placeholderOf(kind.inner)}|null`;
    case "either":
      return [...new Set(kind.options.map(placeholderOf))].join("|");
    case "list":
      return placeholderOf(kind.element);
    case "json":
      return "JSON";
  }
}

function textPlaceholder(format: string | undefined): string {
  switch (format) {
    case "url":
    case "email":
    case "uuid":
      return format.toUpperCase();
    case "date":
    case "datetime":
      return "DATE";
    default:
      return "TEXT";
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value === "" ? '""' : value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(textOf).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** A sentence on which options are missing: `--input and --output`. */
export function namesOf(flags: readonly NamedFlag[]): string {
  return eitherOf(flags.map(({ name }) => `--${name}`)).replace(/ or (?=[^ ]*$)/, " and ");
}
