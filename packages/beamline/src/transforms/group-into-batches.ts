import type { Coder } from "../coders/coder.js";
import { encodeNested } from "../coders/contexts.js";
import { js } from "../coders/js.js";
import type { Outputs, ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import { maxTimestamp } from "../model/window.js";
import type { PCollection } from "../pipeline/pcollection.js";
import type { PTransform } from "../pipeline/ptransform.js";

/** When a batch is complete: as soon as one of the limits is reached. At least one must be given. */
export interface BatchLimits {
  /** Values in a batch. */
  readonly count?: number;
  /** Their encoded size. */
  readonly bytes?: number;
  /** How long a batch waits for more values after its first one. */
  readonly maxWait?: Duration;
}

interface Fill {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Gathers the values of each key and window into arrays of a limited size, such as a service takes
 * in one call. What is left is emitted when the window ends. Bounded input works as well.
 *
 * @example
 * ```ts
 * rows.keyBy(({ table }) => table)
 *   .apply(groupIntoBatches({ count: 500, maxWait: { seconds: 10 } }))
 *   .mapAsync(([table, batch]) => insert(table, batch));
 * ```
 */
export function groupIntoBatches<K, V>(
  limits: BatchLimits,
): PTransform<PCollection<[K, V]>, PCollection<[K, V[]]>> {
  requireLimits(limits);
  return {
    name: "GroupIntoBatches",
    parameters: { ...limits },
    expand(pairs) {
      const coder = pairs.builder.coderOf(pairs.id);
      const value = coder?.urn === "beam:coder:kv:v1" ? coder.components[1] : undefined;
      return pairs.parDo("Batch", () => new Batches<K, V>(limits, (value ?? js) as Coder<V>));
    },
  };
}

class Batches<K, V> extends DoFn<[K, V], [K, V[]]> {
  private readonly limits: BatchLimits;
  private readonly coder: Coder<V>;
  private readonly values;
  private readonly fill;
  private readonly windowEnd;
  private readonly patience;

  constructor(limits: BatchLimits, coder: Coder<V>) {
    super();
    this.limits = limits;
    this.coder = coder;
    this.values = this.bagState(coder);
    this.fill = this.valueState<Fill>();
    this.windowEnd = this.eventTimer((ctx) => this.emit(ctx.key, ctx));
    this.patience = this.processingTimer((ctx) => this.emit(ctx.key, ctx));
  }

  override process([key, value]: [K, V], ctx: ProcessContext<[K, V[]]>): void {
    const { count, bytes, maxWait } = this.limits;
    const before = this.fill.read() ?? { count: 0, bytes: 0 };
    const size = bytes === undefined ? 0 : encodeNested(this.coder, value).length;
    const fill = { count: before.count + 1, bytes: before.bytes + size };
    this.values.add(value);
    const isFull =
      (count !== undefined && fill.count >= count) || (bytes !== undefined && fill.bytes >= bytes);
    if (isFull) {
      this.emit(key, ctx);
      return;
    }
    this.fill.write(fill);
    if (before.count > 0) return;
    this.windowEnd.set(maxTimestamp(ctx.window));
    if (maxWait !== undefined) this.patience.setIn(maxWait);
  }

  private emit(key: K, out: Outputs<[K, V[]], Record<never, never>>): void {
    const values = [...this.values.read()];
    this.values.clear();
    this.fill.clear();
    if (this.limits.maxWait !== undefined) this.patience.clear();
    if (values.length > 0) out.output([key, values]);
  }
}

function requireLimits({ count, bytes, maxWait }: BatchLimits): void {
  const bad = (what: string) =>
    new BeamlineError("BAD_BATCH_LIMITS", `Cannot make groupIntoBatches(): ${what}`);
  if (count === undefined && bytes === undefined && maxWait === undefined) {
    throw bad("there is no limit; give count, bytes or maxWait");
  }
  for (const [name, limit] of Object.entries({ count, bytes })) {
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
      throw bad(`${name} is ${limit}; give a whole number of 1 or more`);
    }
  }
  if (maxWait !== undefined) toMilliseconds(maxWait, "make groupIntoBatches()");
}
