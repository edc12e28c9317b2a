import type * as zod from "zod/v4/core";

/** What the text of a flag stands for. */
export type OptionKind =
  | { readonly kind: "text"; readonly format?: string }
  | { readonly kind: "number"; readonly whole: boolean }
  | { readonly kind: "bigint" }
  | { readonly kind: "boolean" }
  | { readonly kind: "date" }
  | { readonly kind: "choice"; readonly values: readonly ChoiceValue[] }
  /** `null` typed as a word. */
  | { readonly kind: "nullable"; readonly inner: OptionKind }
  /** The first that takes the text. */
  | { readonly kind: "either"; readonly options: readonly OptionKind[] }
  /** One element per flag. */
  | { readonly kind: "list"; readonly element: OptionKind }
  /** All that no flag syntax fits. */
  | { readonly kind: "json" };

export type ChoiceValue = string | number | bigint | boolean | null;

/** A schema, seen through its wrappers: optional, default, readonly and so on. */
export interface Unwrapped {
  readonly schema: zod.$ZodTypes;
  readonly optional: boolean;
  readonly nullable: boolean;
  readonly defaultValue?: unknown;
  readonly description: string | undefined;
}

/** Looks through wrappers down to the schema that says what is typed. The outermost word counts. */
export function unwrap(outer: zod.$ZodType): Unwrapped {
  const schema = outer as zod.$ZodTypes;
  const { def } = schema._zod;
  switch (def.type) {
    case "optional":
      return { ...within(def.innerType, schema), optional: true };
    case "default":
    case "prefault": {
      const { defaultValue } = def;
      return { ...within(def.innerType, schema), optional: true, defaultValue };
    }
    case "catch":
      return { ...within(def.innerType, schema), optional: true };
    case "nullable":
      return { ...within(def.innerType, schema), nullable: true };
    case "nonoptional":
      return { ...within(def.innerType, schema), optional: false };
    case "readonly":
      return within(def.innerType, schema);
    case "lazy":
      return within(def.getter(), schema);
    case "pipe":
      return within(def.in, schema);
    case "union": {
      const absent = def.options.filter((option) => typeOf(option) === "undefined");
      const rest = def.options.filter((option) => !absent.includes(option));
      const [only] = rest;
      const one = rest.length === 1 && only !== undefined && absent.length > 0;
      const base = one ? within(only, schema) : leaf(schema);
      return { ...base, optional: base.optional || absent.length > 0 };
    }
    default:
      return leaf(schema);
  }
}

function within(inner: zod.$ZodType, outer: zod.$ZodType): Unwrapped {
  const found = unwrap(inner);
  return { ...found, description: descriptionOf(outer) ?? found.description };
}

function leaf(schema: zod.$ZodTypes): Unwrapped {
  const description = descriptionOf(schema);
  const optional = schema._zod.optin !== undefined;
  return { schema, optional, nullable: false, description };
}

/** What `.describe()` or `.meta({ description })` said. */
function descriptionOf(schema: zod.$ZodType): string | undefined {
  const { description } = schema as { readonly description?: unknown };
  return typeof description === "string" ? description : undefined;
}

function typeOf(schema: zod.$ZodType): string {
  return schema._zod.def.type;
}

/** How an option of this schema is typed as a flag. */
export function kindOf(outer: zod.$ZodType): OptionKind {
  const { schema, nullable } = unwrap(outer);
  const inner = kindOfLeaf(schema);
  return nullable ? { kind: "nullable", inner } : inner;
}

function kindOfLeaf(schema: zod.$ZodTypes): OptionKind {
  const { def } = schema._zod;
  switch (def.type) {
    case "string": {
      const { format } = def as { readonly format?: unknown };
      return typeof format === "string" ? { kind: "text", format } : { kind: "text" };
    }
    case "template_literal":
    case "transform":
      return { kind: "text" };
    case "number":
      return { kind: "number", whole: isWhole(def) };
    case "bigint":
      return { kind: "bigint" };
    case "boolean":
      return { kind: "boolean" };
    case "date":
      return { kind: "date" };
    case "null":
      return { kind: "choice", values: [null] };
    case "enum":
      return { kind: "choice", values: enumValues(def.entries) };
    case "literal":
      return { kind: "choice", values: def.values.filter((value) => value !== undefined) };
    case "union":
      return kindOfUnion(def.options.filter((option) => typeOf(option) !== "undefined"));
    case "array":
      return { kind: "list", element: kindOf(def.element) };
    case "set":
      return { kind: "json" };
    default:
      return { kind: "json" };
  }
}

function kindOfUnion(schemas: readonly zod.$ZodType[]): OptionKind {
  const kinds = schemas.map(kindOf);
  const choices = kinds.flatMap((kind) => (kind.kind === "choice" ? kind.values : []));
  const others = kinds.filter((kind) => kind.kind !== "choice");
  if (others.length === 0) return { kind: "choice", values: [...new Set(choices)] };
  const options: OptionKind[] =
    choices.length === 0 ? others : [{ kind: "choice", values: [...new Set(choices)] }, ...others];
  const [only] = options;
  return options.length === 1 && only !== undefined ? only : { kind: "either", options };
}

/** The values of an enum; those of a TypeScript enum also list their names backwards. */
function enumValues(entries: Readonly<Record<string, string | number>>): ChoiceValue[] {
  const numbers = Object.values(entries).filter((value) => typeof value === "number");
  return Object.entries(entries)
    .filter(([key]) => !numbers.includes(Number(key)))
    .map(([, value]) => value);
}

function isWhole(def: zod.$ZodNumberDef): boolean {
  const formats = [def, ...(def.checks ?? []).map((check) => check._zod.def)];
  return formats.some((each) => /int/.test(String((each as { format?: unknown }).format ?? "")));
}
