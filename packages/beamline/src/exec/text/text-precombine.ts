import { stringsOf } from "../../bytes/buffer-strings.js";
import type { CombineFn } from "../../fn/combine-fn.js";
import { IMPULSE_META } from "../../model/element-meta.js";
import { specialise } from "../../model/specialise.js";
import type { OperatorContext } from "../operator.js";
import { LOOK_EVERY, type TableEntry, TableGauge } from "../table-gauge.js";
import { TableUse } from "../table-use.js";
import { userCodeError } from "../user-code-error.js";
import type { ReceiveKeyText } from "./text-ports.js";
import { TextTable } from "./text-table.js";

/** Entries, and bytes of keys, in one table before it is emitted and begun anew. */
const MOST_ENTRIES = 250_000;
const MOST_KEY_BYTES = 64 << 20;
/** Growth since the last look at the memory of a table of numbers that is worth another one. */
const WORTH_A_LOOK = 1.1;

type PrecombineContext = Pick<
  OperatorContext,
  "step" | "metrics" | "main" | "mainPorts" | "options" | "outputCoder"
>;

/**
 * Lifts a combine for pairs whose keys are texts: one accumulator per text in a table of bytes, or
 * one per pair where keys hardly ever come again.
 */
export class TextPrecombine {
  readonly receive: ReceiveKeyText;
  private readonly context: PrecombineContext;
  private readonly combine: CombineFn<unknown, unknown, unknown>;
  private readonly texts = new TextTable();
  private readonly emit: ReceiveKeyText;
  private readonly gauge: TableGauge | undefined;
  private readonly use = new TableUse();
  private readonly others: () => number;
  /** Entries at the last look at the memory that they take. */
  private sizeLooked = 0;

  /** @param others - Entries of the tables beside this one, with which it shares the memory. */
  constructor(
    context: PrecombineContext,
    combine: CombineFn<unknown, unknown, unknown>,
    others: () => number = () => 0,
  ) {
    this.others = others;
    const { step, metrics, main, mainPorts } = context;
    this.context = context;
    this.combine = combine;
    this.emit =
      mainPorts.keyText ??
      ((bytes, start, end, accumulator, meta) => {
        main([stringsOf(bytes).utf8Slice(start, end), accumulator], meta);
      });
    this.gauge = TableGauge.of(context, () => this.entries());
    this.receive = specialise<ReceiveKeyText>(
      {
        self: this,
        metrics,
        texts: this.texts,
        values: this.texts.values,
        combine,
        use: this.use,
        mask: LOOK_EVERY - 1,
        failed: (cause: unknown, bytes: Buffer, start: number, end: number, value: unknown) =>
          userCodeError(step.name, cause, [bytes.toString("utf8", start, end), value]),
      },
      PRECOMBINE_TEXT,
    );
  }

  get size(): number {
    return this.texts.size;
  }

  /** @internal Hands a pair on as if it were the only one of its key. */
  pass(bytes: Buffer, start: number, end: number, value: unknown): void {
    const { combine, use, context } = this;
    use.passed(context.metrics.elements);
    let accumulator: unknown;
    try {
      accumulator = combine.add(combine.create(), value);
    } catch (cause) {
      throw userCodeError(context.step.name, cause, [bytes.toString("utf8", start, end), value]);
    }
    this.emit(bytes, start, end, accumulator, IMPULSE_META);
  }

  /** @internal Where the accumulator of a text is that the table lacks; ABSENT where it has no room. */
  miss(bytes: Buffer, start: number, end: number): number {
    const { texts, combine } = this;
    if (texts.size >= MOST_ENTRIES || texts.keyBytes > MOST_KEY_BYTES) {
      this.flushFull();
      // The table has forgotten what it has been asked.
      texts.find(bytes, start, end);
    }
    return texts.add(bytes, start, end, combine.create());
  }

  /** @internal Now and then: emits what there is when it takes too much memory. */
  look(entry: number): void {
    const { texts } = this;
    // Numbers stay as small as they are: what grows is how many there are.
    if (typeof texts.values[entry] === "number" && texts.size < this.sizeLooked * WORTH_A_LOOK)
      return;
    this.sizeLooked = texts.size;
    const current = { key: texts.keyOf(entry), accumulator: texts.values[entry] };
    if (this.gauge?.isFull(texts.size + this.others(), current) === true) this.flushFull();
  }

  private flushFull(): void {
    this.use.filled(this.texts.size, this.context.metrics.elements);
    this.flush();
  }

  private *entries(): Iterable<TableEntry> {
    const { texts } = this;
    for (const [entry, accumulator] of texts.values.entries()) {
      yield { key: texts.keyOf(entry), accumulator };
    }
  }

  flush(): void {
    const { texts, emit } = this;
    texts.each((bytes, start, end, accumulator) => {
      emit(bytes, start, end, accumulator, IMPULSE_META);
    });
    this.clear();
  }

  clear(): void {
    this.texts.clear();
    this.gauge?.reset();
    this.sizeLooked = 0;
    this.use.emptied(this.context.metrics.elements);
  }
}

// What has no room goes on alone.
const PRECOMBINE_TEXT = `(bytes, start, end, value, meta) => {
  metrics.elements++;
  if (use.toPass > 0) { self.pass(bytes, start, end, value); return; }
  let at = texts.find(bytes, start, end);
  try {
    if (at < 0) at = self.miss(bytes, start, end);
    if (at >= 0) values[at] = combine.add(values[at], value);
  } catch (cause) { throw failed(cause, bytes, start, end, value); }
  if (at < 0) self.pass(bytes, start, end, value);
  else if ((metrics.elements & mask) === 0) self.look(at);
}`;
