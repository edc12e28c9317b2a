import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import type { Duration } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import type { TimeDomain } from "../model/time-domain.js";
import type { CombineFn } from "./combine-fn.js";
import type { BundleContext, NoSideInputs, ProcessContext, TagTypes } from "./context.js";
import { DECLARATIONS } from "./do-fn-signature.js";
import type { KeyOfElement, WhenKeyed } from "./keyed.js";
import type { CellSpec } from "./state/cell-spec.js";
import { Declarations } from "./state/declarations.js";
import {
  BagField,
  CombiningField,
  MapField,
  OrderedListField,
  SetField,
  TimerField,
  ValueField,
} from "./state/fields.js";
import type {
  BagState,
  CombiningState,
  MapState,
  OrderedListState,
  SetState,
  ValueState,
} from "./state/state-types.js";
import type { ExpirationContext, Timer, TimerCallback, TimerSpec } from "./state/timer-types.js";

/** What `process` may return: nothing, elements to emit, or a promise or stream of them. */
export type ProcessResult<Out> =
  | void
  | undefined
  | Iterable<Out>
  // biome-ignore lint/suspicious/noConfusingVoidType: an async method without a return statement
  | Promise<Iterable<Out> | undefined | void>
  | AsyncIterable<Out>;

/** What runs a DoFn: its methods, without those that declare state. */
export interface DoFnMethods<
  In,
  Out,
  Tags extends TagTypes = Record<never, never>,
  Side = NoSideInputs,
> {
  /** What it needs from the side, for the type system only. */
  readonly needs?: (side: Side) => void;
  setup?(): void | Promise<void>;
  startBundle?(ctx: BundleContext<Out, Tags>): void | Promise<void>;
  process(element: In, ctx: ProcessContext<Out, Tags, Side>): ProcessResult<Out>;
  finishBundle?(ctx: BundleContext<Out, Tags>): void | Promise<void>;
  teardown?(): void | Promise<void>;
  onWindowExpiration?(ctx: ExpirationContext<KeyOfElement<In>, Out, Tags>): void | Promise<void>;
  readonly requiresTimeSortedInput?: boolean;
  readonly requiresStableInput?: boolean;
  readonly finalizesBundles?: boolean;
  readonly allowedTimestampSkew?: Duration;
}

/**
 * A user function with a life cycle: `setup`, then for each bundle `startBundle`, `process` for
 * each element, `finishBundle`, and `teardown` at the end.
 *
 * One instance works on one bundle at a time. A bundle that fails is run again on a **new**
 * instance, which is why `parDo` takes a function that makes the DoFn.
 *
 * On `[K, V]` elements it may remember things by key and window, and set timers: as fields, made by
 * the protected methods.
 *
 * ```ts
 * class Dedup extends DoFn<[string, Event], Event> {
 *   readonly seen = this.valueState(bool);
 *   readonly forget = this.processingTimer(() => this.seen.clear());
 *
 *   process([, event]: [string, Event]) {
 *     if (this.seen.read()) return [];
 *     this.seen.write(true);
 *     this.forget.setIn({ minutes: 10 });
 *     return [event];
 *   }
 * }
 * ```
 *
 * @typeParam Tags - Types of the extra outputs by tag, such as `{ malformed: string }`.
 */
export abstract class DoFn<
  In,
  Out,
  Tags extends TagTypes = Record<never, never>,
  Side = NoSideInputs,
> implements DoFnMethods<In, Out, Tags, Side>
{
  /** What it needs from the side, for the type system only. */
  declare readonly needs?: (side: Side) => void;
  /** Elements of a key come in the order of their timestamps; late ones are dropped. Default: false. */
  readonly requiresTimeSortedInput?: boolean;
  /** A bundle that is run again gets the very same elements. Default: false. */
  readonly requiresStableInput?: boolean;
  /** Set it where `ctx.afterCommit` is called. Default: false. */
  readonly finalizesBundles?: boolean;
  /** How far before the timestamp of its element an output may lie. Default: 0. */
  readonly allowedTimestampSkew?: Duration;
  /** @internal */
  readonly [DECLARATIONS]: Declarations = new Declarations();

  /** Once per instance, before its first bundle: connections, caches. */
  setup?(): void | Promise<void>;

  startBundle?(ctx: BundleContext<Out, Tags>): void | Promise<void>;

  abstract process(element: In, ctx: ProcessContext<Out, Tags, Side>): ProcessResult<Out>;

  /** May still emit. The bundle commits when it has returned. */
  finishBundle?(ctx: BundleContext<Out, Tags>): void | Promise<void>;

  /** Once per instance, after its last bundle, also after a failed one. */
  teardown?(): void | Promise<void>;

  /** Once for each key and window, when the window has expired and before its state is let go. */
  onWindowExpiration?(ctx: ExpirationContext<KeyOfElement<In>, Out, Tags>): void | Promise<void>;

  /** Declares state that holds one value. Default coder: the one for any JavaScript value. */
  protected valueState<T>(coder: Coder<T> = js as Coder<T>): WhenKeyed<In, ValueState<T>> {
    const spec = { kind: "value" as const, coder: coder as Coder<unknown> };
    return this.declareCell(spec, new ValueField<T>(this[DECLARATIONS]));
  }

  /** Declares state that holds values in the order of their coming. */
  protected bagState<T>(coder: Coder<T> = js as Coder<T>): WhenKeyed<In, BagState<T>> {
    const spec = { kind: "bag" as const, coder: coder as Coder<unknown> };
    return this.declareCell(spec, new BagField<T>(this[DECLARATIONS]));
  }

  /** Declares state that combines what is added to it. */
  protected combiningState<V, Acc, Result>(
    combine: CombineFn<V, Acc, Result>,
  ): WhenKeyed<In, CombiningState<V, Result>> {
    const spec = {
      kind: "combining" as const,
      combine: combine as unknown as CombineFn<unknown, unknown, unknown>,
    };
    return this.declareCell(spec, new CombiningField<V, Result>(this[DECLARATIONS]));
  }

  /** Declares state that holds values by key. */
  protected mapState<K, V>(
    keyCoder: Coder<K> = js as Coder<K>,
    valueCoder: Coder<V> = js as Coder<V>,
  ): WhenKeyed<In, MapState<K, V>> {
    const spec = {
      kind: "map" as const,
      keyCoder: keyCoder as Coder<unknown>,
      valueCoder: valueCoder as Coder<unknown>,
    };
    return this.declareCell(spec, new MapField<K, V>(this[DECLARATIONS]));
  }

  /** Declares state that holds distinct values. */
  protected setState<T>(coder: Coder<T> = js as Coder<T>): WhenKeyed<In, SetState<T>> {
    const spec = { kind: "set" as const, coder: coder as Coder<unknown> };
    return this.declareCell(spec, new SetField<T>(this[DECLARATIONS]));
  }

  /** Declares state that holds values in the order of their timestamps. */
  protected orderedListState<T>(
    coder: Coder<T> = js as Coder<T>,
  ): WhenKeyed<In, OrderedListState<T>> {
    const spec = { kind: "orderedList" as const, coder: coder as Coder<unknown> };
    return this.declareCell(spec, new OrderedListField<T>(this[DECLARATIONS]));
  }

  /** Declares a timer that fires when the watermark reaches the time that it is set for. */
  protected eventTimer(callback: TimerCallback<KeyOfElement<In>, Out, Tags>): WhenKeyed<In, Timer> {
    return this.declareTimer("event-time", callback);
  }

  /** Declares a timer that fires when the clock reaches the time that it is set for. */
  protected processingTimer(
    callback: TimerCallback<KeyOfElement<In>, Out, Tags>,
  ): WhenKeyed<In, Timer> {
    return this.declareTimer("processing-time", callback);
  }

  private declareCell<Result>(spec: CellSpec, field: object): Result {
    this[DECLARATIONS].cells.push({ field, spec });
    return field as Result;
  }

  private declareTimer<Result>(domain: TimeDomain, callback: unknown): Result {
    if (typeof callback !== "function") {
      throw new BeamlineError(
        "TIMER_WITHOUT_CALLBACK",
        "Cannot declare a timer: it has no callback; give it the function that runs when it fires: this.eventTimer((ctx) => { ... })",
      );
    }
    const field = new TimerField(this[DECLARATIONS]);
    this[DECLARATIONS].timers.push({ field, spec: { domain, callback } as TimerSpec });
    return field as Result;
  }
}
