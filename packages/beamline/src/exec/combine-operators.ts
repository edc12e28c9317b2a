import { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "../coders/coder.js";
import type { CombineFn } from "../fn/combine-fn.js";
import { IMPULSE_META } from "../model/element-meta.js";
import { specialise } from "../model/specialise.js";
import type { Operator, OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import { StringTable } from "./string-table.js";
import { LOOK_EVERY, type TableEntry, TableGauge } from "./table-gauge.js";
import { TableUse } from "./table-use.js";
import type { ReceiveKeyText } from "./text/text-ports.js";
import { TextPrecombine } from "./text/text-precombine.js";
import { userCodeError } from "./user-code-error.js";
import { accumulateEach, liftingOf, WindowedPrecombineOperator } from "./windowed-precombine.js";

type AnyCombine = CombineFn<unknown, unknown, unknown>;

interface Entry {
  readonly key: unknown;
  accumulator: unknown;
}

/** Entries in one table before it is emitted and begun anew: bounds the memory of a bundle. */
const TABLE_LIMIT = 250_000;

/**
 * Adds values into one accumulator per key, and emits the accumulators at the end of the bundle
 * (`beam:transform:combine_per_key_precombine:v1`).
 *
 * Keys that are primitives are looked up as they are; a Map's notion of equality (NaN is itself,
 * -0 is 0) is that of the key coder. All others are looked up by their encoding.
 */
export class PrecombineOperator implements Operator {
  readonly receive: Receive;
  readonly keyText: ReceiveKeyText;
  private readonly context: OperatorContext;
  private readonly combine: AnyCombine;
  private readonly keyCoder: Coder<unknown>;
  private readonly strings = new StringTable<unknown>();
  private readonly texts: TextPrecombine;
  private readonly primitives = new Map<unknown, Entry>();
  private readonly encoded = new Map<string, Entry>();
  private readonly scratch = new ByteWriter(256);
  private readonly gauge: TableGauge | undefined;
  private readonly use = new TableUse();

  constructor(context: OperatorContext, combine: AnyCombine, keyCoder: Coder<unknown>) {
    this.context = context;
    this.combine = combine;
    this.keyCoder = keyCoder;
    this.texts = new TextPrecombine(context, combine, () => this.size);
    this.keyText = this.texts.receive;
    this.gauge = TableGauge.of(context, () => this.entries());
    const { step } = context;
    this.receive = specialise<Receive>(
      {
        metrics: context.metrics,
        strings: this.strings,
        table: this.primitives,
        combine,
        miss: (key: unknown) => this.miss(key),
        missString: (key: string) => this.missString(key),
        use: this.use,
        pass: (pair: readonly [unknown, unknown]) => this.pass(pair),
        mask: LOOK_EVERY - 1,
        look: (entry: Entry | undefined, at: number) => this.look(entry, at),
        notAPair,
        failed: (cause: unknown, value: unknown) => userCodeError(step.name, cause, value),
      },
      PRECOMBINE,
    );
  }

  startBundle(): void {
    this.clear();
    this.texts.clear();
  }

  finishBundle(): void {
    this.flush();
    this.texts.flush();
  }

  private get size(): number {
    return this.strings.size + this.primitives.size + this.encoded.size;
  }

  /** Where the accumulator of a string is that the table of strings lacks. */
  private missString(key: string): number {
    if (this.size >= TABLE_LIMIT) this.flushFull();
    return this.strings.add(key, this.combine.create());
  }

  /** The entry of a key that is no string and that the table of primitives lacks. */
  private miss(key: unknown): Entry {
    if (this.size >= TABLE_LIMIT) this.flushFull();
    if (typeof key !== "object" || key === null) {
      return this.enter(this.primitives, key, key);
    }
    const { scratch } = this;
    scratch.reset();
    this.keyCoder.encode(key, scratch);
    const bytes = scratch.buffer.toString("latin1", 0, scratch.position);
    return this.encoded.get(bytes) ?? this.enter(this.encoded, bytes, key);
  }

  private enter<Id>(table: Map<Id, Entry>, id: Id, key: unknown): Entry {
    const entry: Entry = { key, accumulator: this.combine.create() };
    table.set(id, entry);
    return entry;
  }

  /**
   * Now and then: emits what there is when it takes too much memory.
   *
   * @param at - Where the accumulator is, of a key that is a string.
   */
  private look(entry: Entry | undefined, at: number): void {
    const { cells } = this.strings;
    const current = entry ?? { key: cells[at - 1], accumulator: cells[at] };
    if (this.gauge?.isFull(this.size + this.texts.size, current) === true) this.flushFull();
  }

  /** Hands a pair on as if it were the only one of its key. */
  private pass(pair: readonly [unknown, unknown]): void {
    const { combine, use, context } = this;
    use.passed(context.metrics.elements);
    let accumulator: unknown;
    try {
      accumulator = combine.add(combine.create(), pair[1]);
    } catch (cause) {
      throw userCodeError(context.step.name, cause, pair);
    }
    context.main([pair[0], accumulator], IMPULSE_META);
  }

  private *entries(): Iterable<TableEntry> {
    for (const [key, accumulator] of this.strings) yield { key, accumulator };
    yield* this.primitives.values();
    yield* this.encoded.values();
  }

  private flushFull(): void {
    this.use.filled(this.size, this.context.metrics.elements);
    this.flush();
  }

  private flush(): void {
    const { main } = this.context;
    for (const [key, accumulator] of this.strings) main([key, accumulator], IMPULSE_META);
    for (const table of [this.primitives, this.encoded]) {
      for (const { key, accumulator } of table.values()) main([key, accumulator], IMPULSE_META);
    }
    this.clear();
  }

  private clear(): void {
    for (const table of [this.strings, this.primitives, this.encoded]) table.clear();
    this.gauge?.reset();
    this.use.emptied(this.context.metrics.elements);
  }
}

// What is emitted by the way has other functions below: it stands outside of the try.
const PRECOMBINE = `(pair, meta) => {
  metrics.elements++;
  if (use.toPass > 0 && Array.isArray(pair)) { pass(pair); return; }
  let entry;
  let at = -1;
  try {
    if (!Array.isArray(pair)) notAPair();
    const key = pair[0];
    if (typeof key === "string") {
      at = strings.find(key);
      if (at < 0) at = missString(key);
      const { cells } = strings;
      cells[at] = combine.add(cells[at], pair[1]);
    } else {
      entry = table.get(key);
      if (entry === undefined) entry = miss(key);
      entry.accumulator = combine.add(entry.accumulator, pair[1]);
    }
  } catch (cause) { throw failed(cause, pair); }
  if ((metrics.elements & mask) === 0) look(entry, at);
}`;

function notAPair(): never {
  throw new TypeError("combining needs [key, value] pairs: call keyBy() first");
}

/** Lifts a combine as far as the windowing of its input allows. */
export function precombineOperator(
  context: OperatorContext,
  combine: AnyCombine,
  keyCoder: Coder<unknown>,
): Operator {
  const { windowing } = context.step;
  const lifting = liftingOf(windowing);
  if (windowing === undefined || lifting === "global") {
    return new PrecombineOperator(context, combine, keyCoder);
  }
  return lifting === "none"
    ? accumulateEach(context, combine)
    : new WindowedPrecombineOperator(context, combine, keyCoder, windowing);
}

/** Merges the accumulators of each key (`beam:transform:combine_per_key_merge_accumulators:v1`). */
export function mergeOperator(context: OperatorContext, combine: AnyCombine): Operator {
  const { step, metrics, main } = context;
  return {
    receive(value, meta) {
      metrics.elements++;
      const [key, accumulators] = value as readonly [unknown, Iterable<unknown>];
      let merged: unknown;
      try {
        let first = true;
        for (const accumulator of accumulators) {
          merged = first ? accumulator : combine.merge(merged, accumulator);
          first = false;
        }
        if (first) merged = combine.create();
      } catch (cause) {
        throw userCodeError(step.name, cause, key);
      }
      main([key, merged], meta);
    },
  };
}

/** Turns accumulators into results (`beam:transform:combine_per_key_extract_outputs:v1`). */
export function extractOperator(context: OperatorContext, combine: AnyCombine): Operator {
  const { step, metrics, main } = context;
  return {
    receive(value, meta) {
      metrics.elements++;
      const [key, accumulator] = value as readonly [unknown, unknown];
      let result: unknown;
      try {
        result = combine.extract(accumulator);
      } catch (cause) {
        throw userCodeError(step.name, cause, key);
      }
      main([key, result], meta);
    },
  };
}
