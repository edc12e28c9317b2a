import { MAIN_OUTPUT } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";
import { coGroup } from "../pipeline/co-group.js";
import { requireOwn } from "../pipeline/handle.js";
import { PCollection } from "../pipeline/pcollection.js";

/** Keyed inputs by name. */
type KeyedInputs<K> = Readonly<Record<string, PCollection<readonly [K, unknown]>>>;

/** For each name, the values that its input has for the key. */
export type CoGrouped<Inputs> = {
  readonly [Name in keyof Inputs]: Inputs[Name] extends PCollection<readonly [unknown, infer V]>
    ? readonly V[]
    : never;
};

/**
 * Joins keyed PCollections: for each key that any of them has, the values of all of them by name,
 * empty where an input lacks the key. The values of one key must fit in memory.
 *
 * @example
 * ```ts
 * coGroupByKey({ users, orders }).flatMap(([id, { users, orders }]) =>
 *   users.flatMap((user) => orders.map((order) => ({ id, user, order }))),
 * );
 * ```
 */
export function coGroupByKey<K, Inputs extends KeyedInputs<K>>(
  inputs: Inputs & KeyedInputs<K>,
): PCollection<[K, CoGrouped<Inputs>]>;
export function coGroupByKey<K, Inputs extends KeyedInputs<K>>(
  name: string,
  inputs: Inputs & KeyedInputs<K>,
): PCollection<[K, CoGrouped<Inputs>]>;
export function coGroupByKey<K, Inputs extends KeyedInputs<K>>(
  ...args: [Inputs] | [string, Inputs]
): PCollection<[K, CoGrouped<Inputs>]> {
  const [name, inputs] = args.length === 1 ? ["CoGroupByKey", args[0]] : args;
  const names = Object.keys(inputs);
  const [first] = Object.entries(inputs);
  if (first === undefined) {
    throw new BeamlineError(
      "NO_INPUTS",
      `Cannot group in "${name}": there are no inputs; pass an object of keyed PCollections by name`,
    );
  }
  const { builder } = first[1];
  const ids = requireOwn(name, builder, Object.values(inputs));
  const tags = names.map((label, i) => [label, ids[i] ?? ""] as const);
  const label = { name, given: args.length > 1 };
  const id = builder.composite(
    label,
    ids,
    (output: string) => [output],
    () =>
      coGroup(builder, tags, "Untag", ([key, values]) => {
        const lists = names.map((): unknown[] => []);
        for (const [tag, value] of values) lists[tag]?.push(value);
        return [[key, Object.fromEntries(names.map((each, i) => [each, lists[i]]))]];
      }),
  );
  return PCollection.of(builder, { [MAIN_OUTPUT]: id }, MAIN_OUTPUT);
}
