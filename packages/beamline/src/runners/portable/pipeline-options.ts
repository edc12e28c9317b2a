import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { pipelineOptionKey } from "../../proto/pipeline-option-keys.js";

/** A value of one of the runner's options. */
export type PipelineOptionValue =
  | string
  | number
  | boolean
  | readonly string[]
  | Readonly<Record<string, string>>;

/** Options for the runner by their name in camel case, such as `sparkMaster`; undefined is left out. */
export type PipelineOptions = Readonly<Record<string, PipelineOptionValue | undefined>>;

/**
 * The options as the Struct that travels with a job. Keys become `beam:option:<snake_case>:v1`. A
 * Struct's numbers are doubles, which Java would not read as integers: those become strings.
 */
export function pipelineOptionsStruct(options: PipelineOptions): JsonObject {
  const struct: JsonObject = {};
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) struct[pipelineOptionKey(name)] = structValue(value);
  }
  return struct;
}

function structValue(value: PipelineOptionValue): JsonValue {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : value;
  if (typeof value !== "object") return value;
  return isList(value) ? [...value] : { ...value };
}

function isList(
  value: readonly string[] | Readonly<Record<string, string>>,
): value is readonly string[] {
  return Array.isArray(value);
}
