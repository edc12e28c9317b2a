import { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "../coders/coder.js";
import type { CombineFn } from "../fn/combine-fn.js";
import type { ElementMeta } from "../model/element-meta.js";
import { NO_FIRING } from "../model/pane.js";
import type { Timestamp } from "../model/time.js";
import { maxTimestamp, type Window } from "../model/window.js";
import type { TimestampCombiner, WindowingStrategy } from "../windowing/windowing-strategy.js";
import type { Operator, OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import { LOOK_EVERY, TableGauge } from "./table-gauge.js";
import { userCodeError } from "./user-code-error.js";

type AnyCombine = CombineFn<unknown, unknown, unknown>;

interface Entry {
  readonly key: unknown;
  accumulator: unknown;
  timestamp: Timestamp;
}

/** The accumulators of one window. */
interface Table {
  readonly window: Window;
  readonly primitives: Map<unknown, Entry>;
  readonly encoded: Map<string, Entry>;
}

const TABLE_LIMIT = 250_000;

/** How a combine can be lifted before a grouping with this strategy. */
export type Lifting =
  /** Into one table: the windowing of all data that was never windowed. */
  | "global"
  /** Into a table for each window. */
  | "windowed"
  /** Not at all: the trigger counts or times elements, which have to come one by one. */
  | "none";

export function liftingOf(windowing: WindowingStrategy | undefined): Lifting {
  if (windowing === undefined) return "global";
  const { trigger, windowFn, timestampCombiner } = windowing;
  const isPlain =
    trigger.kind === "default" ||
    trigger.kind === "never" ||
    (trigger.kind === "afterWatermark" &&
      trigger.early === undefined &&
      trigger.late === undefined);
  if (!isPlain) return "none";
  const isGlobal = windowFn.kind === "global" && timestampCombiner === "endOfWindow";
  return isGlobal && trigger.kind === "default" ? "global" : "windowed";
}

/** Makes an accumulator of each value by itself. */
export function accumulateEach(context: OperatorContext, combine: AnyCombine): Operator {
  const { step, metrics, main } = context;
  return {
    receive(pair, meta) {
      metrics.elements++;
      let accumulator: unknown;
      let key: unknown;
      try {
        const keyed = requirePair(pair);
        key = keyed[0];
        accumulator = combine.add(combine.create(), keyed[1]);
      } catch (cause) {
        throw userCodeError(step.name, cause, pair);
      }
      main([key, accumulator], meta);
    },
  };
}

/**
 * Adds values into one accumulator for each key and window, and emits them at the end of the bundle.
 * Their timestamps are combined as those of panes are. Keys are told apart as the global operator
 * does.
 */
export class WindowedPrecombineOperator implements Operator {
  readonly receive: Receive;
  private readonly context: OperatorContext;
  private readonly combine: AnyCombine;
  private readonly keyCoder: Coder<unknown>;
  private readonly combiner: TimestampCombiner;
  private readonly tables = new Map<number, Table[]>();
  private readonly scratch = new ByteWriter(256);
  private readonly gauge: TableGauge | undefined;
  private last: Table | undefined;
  private entries = 0;
  /** The one that the last element went to. */
  private current: Entry | undefined;

  constructor(
    context: OperatorContext,
    combine: AnyCombine,
    keyCoder: Coder<unknown>,
    { timestampCombiner }: WindowingStrategy,
  ) {
    this.context = context;
    this.combine = combine;
    this.keyCoder = keyCoder;
    this.combiner = timestampCombiner;
    this.gauge = TableGauge.of(context, () => this.allEntries());
    const { metrics, step } = context;
    this.receive = (pair, meta) => {
      metrics.elements++;
      try {
        this.take(requirePair(pair), meta);
      } catch (cause) {
        throw userCodeError(step.name, cause, pair);
      }
      // Outside of the try: what is emitted has other functions below.
      if (this.entries >= TABLE_LIMIT || this.isDueAndFull(metrics.elements)) this.flush();
    };
  }

  private isDueAndFull(elements: number): boolean {
    if ((elements & (LOOK_EVERY - 1)) !== 0) return false;
    return this.gauge?.isFull(this.entries, this.current) === true;
  }

  private *allEntries(): Iterable<Entry> {
    for (const { primitives, encoded } of [...this.tables.values()].flat()) {
      yield* primitives.values();
      yield* encoded.values();
    }
  }

  startBundle(): void {
    this.clear();
  }

  finishBundle(): void {
    this.flush();
  }

  private take([key, value]: readonly [unknown, unknown], meta: ElementMeta): void {
    const { combine } = this;
    for (const window of meta.windows) {
      const table = this.tableOf(window);
      const entry = this.entryOf(table, key, meta.timestamp);
      entry.accumulator = combine.add(entry.accumulator, value);
      this.current = entry;
      if (this.combiner === "latest") {
        if (meta.timestamp > entry.timestamp) entry.timestamp = meta.timestamp;
      } else if (meta.timestamp < entry.timestamp) entry.timestamp = meta.timestamp;
    }
  }

  private tableOf(window: Window): Table {
    const { last, tables } = this;
    if (last !== undefined && isSame(last.window, window)) return last;
    const present = tables.get(window.end);
    let table = present?.find((each) => isSame(each.window, window));
    if (table === undefined) {
      table = { window, primitives: new Map(), encoded: new Map() };
      if (present === undefined) tables.set(window.end, [table]);
      else present.push(table);
    }
    this.last = table;
    return table;
  }

  private entryOf({ primitives, encoded }: Table, key: unknown, timestamp: Timestamp): Entry {
    if (typeof key !== "object" || key === null) {
      return primitives.get(key) ?? this.enter(primitives, key, key, timestamp);
    }
    const { scratch } = this;
    scratch.reset();
    this.keyCoder.encode(key, scratch);
    const bytes = scratch.buffer.toString("latin1", 0, scratch.position);
    return encoded.get(bytes) ?? this.enter(encoded, bytes, key, timestamp);
  }

  private enter<Id>(table: Map<Id, Entry>, id: Id, key: unknown, timestamp: Timestamp): Entry {
    const entry: Entry = { key, accumulator: this.combine.create(), timestamp };
    table.set(id, entry);
    this.entries++;
    return entry;
  }

  private flush(): void {
    const { main } = this.context;
    for (const table of [...this.tables.values()].flat()) {
      const windows: readonly Window[] = Object.freeze([table.window]);
      const end = { timestamp: maxTimestamp(table.window), windows, pane: NO_FIRING };
      for (const entries of [table.primitives, table.encoded]) {
        for (const { key, accumulator, timestamp } of entries.values()) {
          main(
            [key, accumulator],
            this.combiner === "endOfWindow" ? end : { timestamp, windows, pane: NO_FIRING },
          );
        }
      }
    }
    this.clear();
  }

  private clear(): void {
    this.tables.clear();
    this.last = undefined;
    this.current = undefined;
    this.entries = 0;
    this.gauge?.reset();
  }
}

function requirePair(pair: unknown): readonly [unknown, unknown] {
  if (Array.isArray(pair)) return pair as unknown as readonly [unknown, unknown];
  throw new TypeError("combining needs [key, value] pairs: call keyBy() first");
}

function isSame(a: Window, b: Window): boolean {
  return a === b || (a.kind === b.kind && a.start === b.start && a.end === b.end);
}
