import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import { kv } from "../coders/kv.js";
import { varint } from "../coders/varint.js";
import type { CombineFn } from "../fn/combine-fn.js";
import type { GraphBuilder } from "../graph/graph-builder.js";
import type { PCollectionId } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";
import { addGroupByKey, addStep, outputOf, pairCodersOf, partNamed } from "./steps.js";

type AnyCombine = CombineFn<unknown, unknown, unknown>;

/** Over how many places the values of a key are spread before they come together. */
export type HotKeyFanout<K> = number | ((key: K) => number);

/**
 * Combines the values of each key in two rounds, in the composite that is open: the accumulators of
 * a key meet in several places first, so that no one worker has to take in all of a hot key.
 */
export function combineWithFanout(
  builder: GraphBuilder,
  name: string,
  input: PCollectionId,
  combine: AnyCombine,
  fanout: HotKeyFanout<never>,
): PCollectionId {
  if (builder.flowAt(input).windowing.accumulation === "accumulating") {
    throw new BeamlineError(
      "FANOUT_ACCUMULATES",
      `Cannot combine in "${name}" with hotKeyFanout: its input accumulates fired panes, which the second round would count again; use discarding panes, or leave hotKeyFanout out`,
    );
  }
  const places = placesFor(name, fanout);
  const [key] = pairCodersOf(builder, input);
  const accumulator = combine.accumulatorCoder ?? js;
  const step = (kind: "precombine" | "merge" | "extract", label: string, from: PCollectionId) =>
    outputOf(
      builder.addPrimitive(
        { kind: "combineStep", step: kind, input: from, combine },
        partNamed(label),
      ),
    );

  const combined = step("precombine", "Precombine", input);
  let turn = 0;
  const spread = addStep(builder, "Spread", combined, {
    kind: "map",
    fn: ([k, acc]: readonly [never, unknown]) => [[k, turn++ % places(k)], acc],
  });
  builder.setCoder(spread, kv(kv(key, varint), accumulator) as unknown as Coder<unknown>);
  const first = step("merge", "PartialMerge", addGroupByKey(builder, "PartialGroup", spread));
  const collected = addStep(builder, "Collect", first, {
    kind: "map",
    fn: ([[k], acc]: readonly [readonly [unknown, number], unknown]) => [k, acc],
  });
  builder.setCoder(collected, kv(key, accumulator) as unknown as Coder<unknown>);
  const merged = step("merge", "Merge", addGroupByKey(builder, "Group", collected));
  return step("extract", "Extract", merged);
}

function placesFor(name: string, fanout: HotKeyFanout<never>): (key: never) => number {
  const checked = (places: number): number => {
    if (Number.isInteger(places) && places >= 1) return places;
    throw new BeamlineError(
      "BAD_FANOUT",
      `Cannot combine in "${name}": hotKeyFanout is ${places}; give a whole number of 1 or more, or a function from the key to one`,
    );
  };
  if (typeof fanout === "function") return (key) => checked(fanout(key));
  const places = checked(fanout);
  return () => places;
}
