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
 */
export function toJsonSchema(schema: OpenApiSchema, isRoot = true): Record<string, unknown> {
  const { type, properties, items, additionalProperties, nullable, format, ...rest } = schema;
  if (schema["x-kubernetes-int-or-string"] === true) {
    const { pattern } = schema;
    return {
      type: nullable === true ? ["integer", "string", "null"] : ["integer", "string"],
      ...(pattern === undefined ? {} : { pattern }),
    };
  }
  const isOpen =
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    (type === "object" && properties === undefined && additionalProperties === undefined);
  return {
    ...constraintsIn(rest),
    ...rangeOf(format),
    ...(type === undefined ? {} : { type: nullable === true ? [type, "null"] : type }),
    ...(properties === undefined
      ? {}
      : {
          properties: {
            ...mapValues(properties, (each) => toJsonSchema(each, false)),
            // The API server knows these by itself.
            ...(isRoot ? { apiVersion: TEXT, kind: TEXT, metadata: METADATA } : {}),
          },
        }),
    ...(items === undefined ? {} : { items: toJsonSchema(items, false) }),
    ...(additionalProperties === undefined
      ? properties === undefined || isOpen
        ? {}
        : { additionalProperties: false }
      : {
          additionalProperties:
            typeof additionalProperties === "boolean"
              ? additionalProperties
              : toJsonSchema(additionalProperties, false),
        }),
  };
}

const TEXT = { type: "string" };
const METADATA = { type: "object" };

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

function mapValues<T, U>(
  object: Readonly<Record<string, T>>,
  change: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
