/** An Avro schema as its specification has it, in JSON. */
export type AvroSchema = string | readonly AvroSchema[] | AvroObject;

export interface AvroObject {
  readonly type: AvroSchema;
  readonly logicalType?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly fields?: readonly AvroField[];
  readonly symbols?: readonly string[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly size?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly [attribute: string]: unknown;
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: unknown;
  readonly [attribute: string]: unknown;
}

/** The schema of records, seen from above: names are followed to what they name. */
export class AvroNames {
  private readonly named = new Map<string, AvroObject>();

  constructor(schema: AvroSchema) {
    this.collect(schema, "");
  }

  /** What a schema is: the definition where it is a name. */
  resolve(schema: AvroSchema): AvroSchema {
    if (typeof schema === "string") return this.named.get(schema) ?? schema;
    // `{ "type": { ... } }` and `{ "type": "Name" }` stand for what is inside.
    if (isObject(schema) && typeof schema.type === "object") return this.resolve(schema.type);
    if (isObject(schema) && typeof schema.type === "string" && this.named.has(schema.type)) {
      return this.resolve(schema.type);
    }
    return schema;
  }

  private collect(schema: AvroSchema, namespace: string): void {
    if (typeof schema === "string") return;
    if (!isObject(schema)) {
      for (const branch of schema) this.collect(branch, namespace);
      return;
    }
    const { name, type, fields = [], items, values } = schema;
    const own = schema.namespace ?? namespaceOf(name) ?? namespace;
    if (name !== undefined && ["record", "error", "enum", "fixed"].includes(String(type))) {
      const short = name.slice(name.lastIndexOf(".") + 1);
      this.named.set(short, schema);
      this.named.set(own === "" ? short : `${own}.${short}`, schema);
    }
    if (typeof type === "object") this.collect(type, own);
    for (const field of fields) this.collect(field.type, own);
    if (items !== undefined) this.collect(items, own);
    if (values !== undefined) this.collect(values, own);
  }
}

function namespaceOf(name: string | undefined): string | undefined {
  const dot = name?.lastIndexOf(".") ?? -1;
  return dot < 0 ? undefined : name?.slice(0, dot);
}

export function isObject(schema: AvroSchema): schema is AvroObject {
  return typeof schema === "object" && !Array.isArray(schema);
}

/** The name of a type: `long`, `record`, `union`. */
export function kindOf(schema: AvroSchema): string {
  if (typeof schema === "string") return schema;
  return isObject(schema) ? String(schema.type) : "union";
}

export function logicalTypeOf(schema: AvroSchema): string | undefined {
  return isObject(schema) ? schema.logicalType : undefined;
}

/** For errors: `long (timestamp-micros)`, `null or string`. */
export function describeAvro(schema: AvroSchema): string {
  if (Array.isArray(schema)) return schema.map(describeAvro).join(" or ");
  const logical = logicalTypeOf(schema);
  const kind = kindOf(schema);
  return logical === undefined ? kind : `${kind} (${logical})`;
}
