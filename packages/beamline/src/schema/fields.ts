import type { FieldType, RowField, RowSchema } from "../coders/row/row-schema.js";
import { BeamlineError } from "../model/errors.js";

/** Paths to the fields of a row and of the rows in it: `"user"`, `"address.city"`. */
export type FieldPath<T> = {
  [Name in keyof T & string]:
    | Name
    | (IsRow<NonNullable<T[Name]>> extends true
        ? `${Name}.${FieldPath<NonNullable<T[Name]>>}`
        : never);
}[keyof T & string];

/** Whether fields can be picked out of it: an object that is not a value of its own. */
type IsRow<T> = T extends
  | readonly unknown[]
  | Date
  | Uint8Array
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ((...args: never) => unknown)
  ? false
  : T extends object
    ? true
    : false;

/** The type of the field at a path; null or undefined where a row on the way may be. */
export type FieldAt<T, Path extends string> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof T
    ? FieldAt<NonNullable<T[Name]>, Rest> | Extract<T[Name], null | undefined>
    : never
  : Path extends keyof T
    ? T[Path]
    : never;

/** The name of the field that a path leads to. */
export type LastName<Path extends string> = Path extends `${string}.${infer Rest}`
  ? LastName<Rest>
  : Path;

/** The row that `select` makes. */
export type Selected<T, Paths extends string> = {
  [Path in Paths as LastName<Path>]: FieldAt<T, Path>;
};

export function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** Reads the field at a path; what is null on the way is null. */
export function fieldReader(path: string): (row: unknown) => unknown {
  const names = path.split(".");
  return (row) => {
    let value: unknown = row;
    for (const name of names) {
      if (value === null || value === undefined) return value;
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return value;
  };
}

/** Paths that are distinct in their last names, of which there is at least one. */
export function requirePaths(verb: string, paths: readonly unknown[]): readonly string[] {
  const bad = (state: string, next: string) =>
    new BeamlineError("BAD_FIELDS", `Cannot apply ${verb}(): ${state}; ${next}`);
  if (paths.length === 0) throw bad("it names no field", `name one: ${verb}("user")`);
  const names = new Set<string>();
  for (const path of paths) {
    if (typeof path !== "string" || path === "" || path.split(".").includes("")) {
      throw bad(`${JSON.stringify(path)} is not a field`, 'give names such as "user.name"');
    }
    const name = lastName(path);
    if (names.has(name)) {
      throw bad(`two fields would be named "${name}"`, "rename one of them with map() first");
    }
    names.add(name);
  }
  return paths as readonly string[];
}

/** The field of a schema at a path, under its last name; undefined where there is none. */
export function fieldAt({ fields }: RowSchema, path: string): RowField | undefined {
  const [name, ...rest] = path.split(".");
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) return undefined;
  const { position: _, ...here } = field;
  if (rest.length === 0) return here;
  if (field.type.kind !== "row") return undefined;
  const inner = fieldAt(field.type.schema, rest.join("."));
  if (inner === undefined || field.type.nullable !== true) return inner;
  const type: FieldType = { ...inner.type, nullable: true };
  return field.isOptional === true ? { ...inner, type, isOptional: true } : { ...inner, type };
}
