import { BeamlineError } from "../model/errors.js";
import type { Coder } from "./coder.js";
import { double } from "./double.js";
import { IterableCoder } from "./iterable.js";
import { js } from "./js.js";
import { jsKey } from "./js-key.js";
import { KvCoder } from "./kv.js";
import { LengthPrefixCoder } from "./length-prefix.js";
import { NullableCoder } from "./nullable.js";
import { RowCoder } from "./row/row-coder.js";

/**
 * The coder that is fit for keys and encodes the same values as `coder`: `coder` itself where equal
 * values have equal bytes already. Throws `NOT_A_KEY` where there is none.
 */
export function deterministicCoder<T>(coder: Coder<T>): Coder<T> {
  return keyCoder(coder) as Coder<T>;
}

function keyCoder(coder: Coder<unknown>): Coder<unknown> {
  if (coder.deterministic) return coder;
  if (coder === js || coder === double) return jsKey;
  const all: unknown = coder;
  if (all instanceof KvCoder) {
    return new KvCoder(keyCoder(all.key), keyCoder(all.value));
  }
  if (all instanceof IterableCoder) return new IterableCoder(keyCoder(all.element));
  if (all instanceof NullableCoder) return new NullableCoder(keyCoder(all.value));
  if (all instanceof LengthPrefixCoder) {
    return new LengthPrefixCoder(keyCoder(all.value));
  }
  if (all instanceof RowCoder) return jsKey;
  throw new BeamlineError(
    "NOT_A_KEY",
    `Cannot use the coder ${coder.urn} for keys: it may give equal values different bytes; give the keys a deterministic coder with withCoder()`,
  );
}
