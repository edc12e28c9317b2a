import { BeamlineError } from "../model/errors.js";
import { requireOwn } from "../pipeline/handle.js";
import type { PCollection } from "../pipeline/pcollection.js";
import { applyTransform } from "../pipeline/ptransform.js";

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
  const [first, ...others] = Object.entries(inputs);
  if (first === undefined) {
    throw new BeamlineError(
      "NO_INPUTS",
      `Cannot group in "${name}": there are no inputs; pass an object of keyed PCollections by name`,
    );
  }
  type Tagged = [K, readonly [number, unknown]];
  const tag = (label: string, input: PCollection<readonly [K, unknown]>): PCollection<Tagged> =>
    input.map(`Tag ${label}`, ([key, value]): Tagged => [key, [names.indexOf(label), value]]);
  const { builder } = first[1];
  const ids = requireOwn(name, builder, Object.values(inputs));
  const expand = (): PCollection<[K, CoGrouped<Inputs>]> =>
    tag(first[0], first[1])
      .flatten("Together", ...others.map(([label, other]) => tag(label, other)))
      .groupByKey("Group")
      .map("Untag", ([key, tagged]): [K, CoGrouped<Inputs>] => {
        const lists = names.map((): unknown[] => []);
        for (const [index, value] of tagged) lists[index]?.push(value);
        const byName = Object.fromEntries(names.map((label, i) => [label, lists[i]]));
        return [key, byName as unknown as CoGrouped<Inputs>];
      });
  return applyTransform(builder, inputs, ids, [name, expand]);
}
