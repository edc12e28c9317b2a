import type { AsyncOptions } from "../fn/async-options.js";
import { retrying } from "../fn/retrying.js";
import type { UserFn } from "../fn/user-fn.js";
import type { Label } from "../graph/graph-builder.js";
import { BeamlineError } from "../model/errors.js";

type MapAsyncFn = Extract<UserFn, { kind: "mapAsync" }>;

/** Checks the options of `mapAsync`, and gives its function the attempts and time-outs they ask for. */
export function asyncFnOf(
  { name }: Label,
  fn: MapAsyncFn["fn"],
  options: AsyncOptions,
): MapAsyncFn {
  const { concurrency = 16, ordered = false } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new BeamlineError(
      "BAD_CONCURRENCY",
      `Cannot apply "${name}": concurrency is ${concurrency}; give a whole number of 1 or more`,
    );
  }
  return { kind: "mapAsync", fn: retrying(name, fn, options), concurrency, ordered };
}
