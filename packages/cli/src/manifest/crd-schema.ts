/** An OpenAPI v3 schema as custom resource definitions have it, as far as it is read here. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly nullable?: boolean;
  readonly format?: string;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly [keyword: string]: unknown;
}

/** Schemas of the operator's kinds, and where they are from. */
export interface CrdSchemas {
  /** For people: "the cluster prod". */
  readonly source: string;
  readonly kinds: Readonly<Record<string, OpenApiSchema>>;
}

interface CrdVersion {
  readonly name?: string;
  readonly schema?: { readonly openAPIV3Schema?: OpenApiSchema };
}

/** A custom resource definition, as far as it is read here. */
export interface CustomResourceDefinition {
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly group?: string;
    readonly names?: { readonly kind?: string };
    readonly versions?: readonly CrdVersion[];
  };
}

export const GROUP = "sparkoperator.k8s.io";
export const VERSION = "v1beta2";

/** The schemas in a set of custom resource definitions, of those that we write objects of. */
export function schemasIn(
  definitions: readonly CustomResourceDefinition[],
): Readonly<Record<string, OpenApiSchema>> {
  return Object.fromEntries(
    definitions.flatMap(({ spec }) => {
      const kind = spec?.names?.kind;
      const version = spec?.versions?.find(({ name }) => name === VERSION);
      const schema = version?.schema?.openAPIV3Schema;
      return spec?.group === GROUP && kind !== undefined && schema !== undefined
        ? [[kind, schema] as const]
        : [];
    }),
  );
}

/**
 * The JSON Schema that accepts what the API server accepts with `fieldValidation=Strict`: an object
 * with listed properties has no others, unless its schema keeps unknown fields.
 *
 * What `object` does not have is left open, since only `object` will be held against it: a pod's
 * whole schema takes a second to compile, and the part that an application uses a few milliseconds.
 */
export function toJsonSchema(schema: OpenApiSchema, object: unknown): Record<string, unknown> {
  const { properties = {} } = schema;
  // The API server knows these by itself.
  const known = { ...properties, apiVersion: TEXT, kind: TEXT, metadata: METADATA };
  return convert({ ...schema, properties: known }, [object]);
}

const TEXT: OpenApiSchema = { type: "string" };
const METADATA: OpenApiSchema = { type: "object" };

/** `values` are what stands at this place, in all items of the lists around it. */
function convert(schema: OpenApiSchema, values: readonly unknown[]): Record<string, unknown> {
  const { type, properties, items, additionalProperties, nullable, format, ...rest } = schema;
  if (schema["x-kubernetes-int-or-string"] === true) {
    const { pattern } = schema;
    return {
      type: nullable === true ? ["integer", "string", "null"] : ["integer", "string"],
      ...(pattern === undefined ? {} : { pattern }),
    };
  }
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const objects = values.filter(isObject);
  return {
    ...constraintsIn(rest),
    ...rangeOf(format),
    ...(type === undefined ? {} : { type: nullable === true ? [type, "null"] : type }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => {
              const inside = objects.flatMap((object) =>
                Object.hasOwn(object, name) ? [object[name]] : [],
              );
              return [name, inside.length === 0 ? true : convert(each, inside)];
            }),
          ),
          ...(isOpen || additionalProperties !== undefined ? {} : { additionalProperties: false }),
        }),
    ...(items === undefined ? {} : { items: convert(items, values.filter(Array.isArray).flat()) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === "boolean"
              ? additionalProperties
              : convert(additionalProperties, objects.flatMap(Object.values)),
        }),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const CONSTRAINTS = [
  "required",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
  "multipleOf",
  "uniqueItems",
] as const;

function constraintsIn(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    CONSTRAINTS.flatMap((name) => (schema[name] === undefined ? [] : [[name, schema[name]]])),
  );
}

/** A 32-bit field refuses more: `2147483648` executors. */
function rangeOf(format: string | undefined): Record<string, unknown> {
  return format === "int32" ? { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 } : {};
}
