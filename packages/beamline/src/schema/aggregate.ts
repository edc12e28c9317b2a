import { type CombineFn, combineFn } from "../fn/combine-fn.js";
import { BeamlineError } from "../model/errors.js";
import { type FieldAt, fieldReader } from "./fields.js";

/** A combine function for one field of a row: made by {@link ofField}. */
export interface FieldCombine<Field extends string, In, Out> {
  readonly field: Field;
  readonly combine: CombineFn<In, unknown, Out>;
}

/**
 * Combines the values of one field, in `aggregate`.
 *
 * @example
 * ```ts
 * orders.groupBy("user").aggregate({ total: ofField("amount", sum()), n: count() });
 * ```
 */
export function ofField<Field extends string, In, Acc, Out>(
  field: Field,
  combine: CombineFn<In, Acc, Out>,
): FieldCombine<Field, In, Out> {
  return Object.freeze({ field, combine: combine as CombineFn<In, unknown, Out> });
}

/** What `aggregate` takes: new fields by name, of a field's values or of whole rows. */
export type Aggregates = Readonly<Record<string, AnyFieldCombine | AnyCombine>>;

/** Any combine function: what goes in is checked by {@link AggregatesFor}. */
interface AnyCombine {
  create(): unknown;
  add(accumulator: never, value: never): unknown;
  merge(a: never, b: never): unknown;
  extract(accumulator: never): unknown;
}

interface AnyFieldCombine {
  readonly field: string;
  readonly combine: AnyCombine;
}

/** The fields that aggregates make. */
export type AggregatedOf<A> = {
  [Name in keyof A]: A[Name] extends {
    readonly combine: CombineFn<infer _In, infer _Acc, infer Out>;
  }
    ? Out
    : A[Name] extends CombineFn<infer _In, infer _Acc, infer Out>
      ? Out
      : never;
};

/** No constraint where each aggregate takes what rows of type `T` have; else a sentence. */
export type AggregatesFor<T, A> = {
  readonly [Name in keyof A]: A[Name] extends {
    readonly field: infer Field extends string;
    readonly combine: CombineFn<infer In, infer _Acc, infer _Out>;
  }
    ? [FieldAt<T, Field>] extends [never]
      ? `rows have no field "${Field}"`
      : FieldAt<T, Field> extends In
        ? unknown
        : `the field "${Field}" is not of the type that its combine function takes`
    : A[Name] extends CombineFn<infer In, infer _Acc, infer _Out>
      ? T extends In
        ? unknown
        : 'this combine function takes no rows: write ofField("field", combine)'
      : unknown;
};

interface Part {
  readonly name: string;
  readonly read: (row: unknown) => unknown;
  readonly combine: CombineFn<unknown, unknown, unknown>;
}

/** All aggregates of rows as one combine function, which makes an object of their results. */
export function aggregateFn(
  where: string,
  aggregates: Aggregates,
): CombineFn<unknown, unknown[], Record<string, unknown>> {
  const parts = Object.entries(aggregates).map(([name, given]) => partOf(where, name, given));
  if (parts.length === 0) {
    throw new BeamlineError(
      "NO_AGGREGATES",
      `Cannot apply ${where}: it names no result; write aggregate({ n: count() })`,
    );
  }
  return combineFn<unknown, unknown[], Record<string, unknown>>({
    name: "Aggregate",
    create: () => parts.map(({ combine }) => combine.create()),
    add(accumulators, row) {
      for (const [i, { read, combine }] of parts.entries()) {
        accumulators[i] = combine.add(accumulators[i], read(row));
      }
      return accumulators;
    },
    merge(a, b) {
      for (const [i, { combine }] of parts.entries()) a[i] = combine.merge(a[i], b[i]);
      return a;
    },
    extract: (accumulators) =>
      Object.fromEntries(
        parts.map(({ name, combine }, i) => [name, combine.extract(accumulators[i])]),
      ),
  });
}

function partOf(where: string, name: string, given: unknown): Part {
  const { field, combine = given } = given as {
    readonly field?: string;
    readonly combine?: unknown;
  };
  if (typeof (combine as { readonly extract?: unknown } | undefined)?.extract !== "function") {
    throw new BeamlineError(
      "NOT_A_COMBINE_FN",
      `Cannot apply ${where}: "${name}" is no combine function; write count(), or ofField("amount", sum())`,
    );
  }
  const read = field === undefined ? (row: unknown) => row : fieldReader(field);
  return { name, read, combine: combine as CombineFn<unknown, unknown, unknown> };
}
