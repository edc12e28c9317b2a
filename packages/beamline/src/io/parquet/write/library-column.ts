import type { SchemaElement, SchemaTree } from "hyparquet";
import { type FieldType, logicalTypeUrns } from "../../../coders/row/row-schema.js";
import { unscaledFrom } from "../decimals.js";
import type { ParquetWriteLibrary } from "../open-parquet.js";
import { PAGE_SIZE } from "./chunk-writer.js";
import type { ColumnWriter, FinishedColumns } from "./column-writer.js";
import type { PagePacker } from "./compress.js";
import { notOfType } from "./not-of-type.js";

/** What the library takes for a value of a field. */
type Stored = (value: unknown) => unknown;

/** Columns with parts, and decimals: gathers the values, and has the library encode them. */
export class LibraryColumn implements ColumnWriter {
  readonly name: string;
  private readonly lib: ParquetWriteLibrary;
  private readonly packer: PagePacker;
  private readonly tree: SchemaTree;
  private readonly root: SchemaTree;
  private readonly stored: Stored;
  private values: unknown[] = [];

  constructor(
    lib: ParquetWriteLibrary,
    packer: PagePacker,
    type: FieldType,
    root: SchemaTree,
    tree: SchemaTree,
  ) {
    this.name = tree.element.name;
    this.lib = lib;
    this.packer = packer;
    this.root = root;
    this.tree = tree;
    this.stored = storedOrNull(type, tree);
  }

  /** A guess: what a value takes is not known before. */
  get size(): number {
    return this.values.length * 64;
  }

  add(value: unknown): void {
    this.values.push(this.stored(value));
  }

  finish(start: number): FinishedColumns {
    const { lib, packer, values } = this;
    this.values = [];
    const { codec } = packer;
    const writer = new lib.ByteWriter();
    writer.offset = start;
    const chunks = leafPaths([this.root, this.tree]).map((path) => {
      const schemaPath = path.map(({ element }) => element);
      const element = schemaPath.at(-1) as SchemaElement;
      const column = {
        columnName: this.name,
        ...{ element, schemaPath, codec, pageSize: PAGE_SIZE },
        compressors: { [codec]: (page: Uint8Array) => packer.pack(page) },
        // Of parts few readers make use.
        ...{ stats: false, columnIndex: false, offsetIndex: false },
      };
      const pageData = lib.encodeNestedValues(path, values);
      return lib.writeColumn({ writer, column, pageData }).chunk;
    });
    return { chunks, parts: [writer.getBytes()] };
  }
}

function leafPaths(path: SchemaTree[]): SchemaTree[][] {
  const { children } = path.at(-1) as SchemaTree;
  if (children.length === 0) return [path];
  return children.flatMap((child) => leafPaths([...path, child]));
}

function storedOrNull(type: FieldType, tree: SchemaTree): Stored {
  const stored = storedAs(type, tree);
  return (value) => {
    if (value !== null && value !== undefined) return stored(value);
    if (type.nullable === true) return null;
    throw notOfType(value, `a value: "${tree.path.join(".")}" is not nullable`);
  };
}

function storedAs(type: FieldType, tree: SchemaTree): Stored {
  switch (type.kind) {
    case "atomic":
      return atomic(type.type);
    case "array":
    case "iterable": {
      const item = storedOrNull(type.element, child(child(tree, 0), 0));
      return (value) => {
        if (isIterable(value)) return Array.from(value, item);
        throw notOfType(value, "an array");
      };
    }
    case "map":
      return entries(type, tree, (value) => (value instanceof Map ? value : undefined));
    case "row": {
      const parts = type.schema.fields.map(
        (field, i) => [field.name, storedOrNull(field.type, child(tree, i))] as const,
      );
      return (value) => {
        if (typeof value !== "object" || value === null) throw notOfType(value, "an object");
        const row = value as Readonly<Record<string, unknown>>;
        return Object.fromEntries(parts.map(([name, part]) => [name, part(row[name])]));
      };
    }
    case "logical":
      return logical(type, tree);
  }
}

function logical(type: Extract<FieldType, { kind: "logical" }>, tree: SchemaTree): Stored {
  switch (type.urn) {
    case logicalTypeUrns.millisInstant:
      return (value) => {
        if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
        throw notOfType(value, "a valid Date");
      };
    case logicalTypeUrns.decimal:
      return decimal(tree.element);
    case logicalTypeUrns.record:
      if (type.representation.kind !== "map") break;
      return entries(type.representation, tree, (value) =>
        typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined,
      );
  }
  return storedAs(type.representation, tree);
}

function atomic(type: string): Stored {
  switch (type) {
    case "string":
      return expect((value) => typeof value === "string", "a string");
    case "boolean":
      return expect((value) => typeof value === "boolean", "a boolean");
    case "bytes":
      return expect((value) => value instanceof Uint8Array, "a Uint8Array");
    case "float":
    case "double":
      return expect((value) => typeof value === "number", "a number");
    case "int64":
      return (value) => {
        if (typeof value === "bigint" || Number.isSafeInteger(value))
          return BigInt(value as number);
        throw notOfType(value, "a whole number of up to 2^53, or a bigint of 64 bits");
      };
    default: {
      const limit = 2 ** (type === "byte" ? 7 : type === "int16" ? 15 : 31);
      const fits = (value: unknown) =>
        Number.isInteger(value) && (value as number) >= -limit && (value as number) < limit;
      return expect(fits, `a whole number within ±${limit}`);
    }
  }
}

function expect(fits: (value: unknown) => boolean, wanted: string): Stored {
  return (value) => {
    if (fits(value)) return value;
    throw notOfType(value, wanted);
  };
}

/** Unscaled: the library puts it into as many bytes as the column has. */
function decimal({ precision = 0, scale = 0 }: SchemaElement): Stored {
  return (value) => unscaledFrom(value, { precision, scale });
}

function entries(
  { key, value }: Extract<FieldType, { kind: "map" }>,
  tree: SchemaTree,
  mapOf: (value: unknown) => Map<unknown, unknown> | undefined,
): Stored {
  const pair = child(tree, 0);
  const keyOf = storedOrNull({ ...key, nullable: false }, child(pair, 0));
  const heldOf = storedOrNull(value, child(pair, 1));
  return (held) => {
    const map = mapOf(held);
    if (map === undefined) throw notOfType(held, "a Map, or an object for a record");
    return Array.from(map, ([k, v]) => ({ key: keyOf(k), value: heldOf(v) }));
  };
}

function child(tree: SchemaTree, index: number): SchemaTree {
  return tree.children[index] as SchemaTree;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}
