import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import { kv } from "../coders/kv.js";
import type { PCollection } from "../pipeline/pcollection.js";
import type { PTransform } from "../pipeline/ptransform.js";

/**
 * Pairs every element with the same key, as `[key, element]`. For keys that depend on the element
 * there is `keyBy`.
 */
export function withKeys<K, T>(key: K): PTransform<PCollection<T>, PCollection<[K, T]>> {
  return {
    name: "WithKeys",
    parameters: { key },
    expand(elements) {
      const coder = elements.builder.coderOf(elements.id) ?? js;
      const pair = (element: T): [K, T] => [key, element];
      // One tuple type, as `map` wants it to be inferred.
      const keyed = elements.map("Pair", pair as (element: T) => never);
      return (keyed as unknown as PCollection<[K, T]>).withCoder(
        kv(js, coder) as unknown as Coder<[K, T]>,
      );
    },
  };
}
