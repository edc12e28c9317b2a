import type { Duration } from "../../model/duration.js";
import type { Timestamp } from "../../model/time.js";
import type { Declarations } from "./declarations.js";
import type {
  BagState,
  CombiningState,
  MapState,
  OrderedListState,
  ReadableState,
  SetState,
  TimestampedValue,
  TimestampRange,
  ValueState,
} from "./state-types.js";
import type { Timer, TimerOptions } from "./timer-types.js";

// What the fields of a DoFn hold: each call goes to the state of the key and window at hand.

abstract class Field<State extends ReadableState> implements ReadableState {
  private readonly home: Declarations;
  private readonly index: number;

  constructor(home: Declarations) {
    this.home = home;
    this.index = home.cells.length;
  }

  protected get state(): State {
    return this.home.binding.cell(this.index) as State;
  }

  isEmpty(): boolean {
    return this.state.isEmpty();
  }

  clear(): void {
    this.state.clear();
  }
}

export class ValueField<T> extends Field<ValueState<T>> implements ValueState<T> {
  read(): T | undefined {
    return this.state.read();
  }

  write(value: T): void {
    this.state.write(value);
  }
}

export class BagField<T> extends Field<BagState<T>> implements BagState<T> {
  add(value: T): void {
    this.state.add(value);
  }

  read(): readonly T[] {
    return this.state.read();
  }
}

export class CombiningField<In, Out>
  extends Field<CombiningState<In, Out>>
  implements CombiningState<In, Out>
{
  add(value: In): void {
    this.state.add(value);
  }

  read(): Out {
    return this.state.read();
  }
}

export class MapField<K, V> extends Field<MapState<K, V>> implements MapState<K, V> {
  get(key: K): V | undefined {
    return this.state.get(key);
  }

  set(key: K, value: V): void {
    this.state.set(key, value);
  }

  has(key: K): boolean {
    return this.state.has(key);
  }

  delete(key: K): void {
    this.state.delete(key);
  }

  keys(): readonly K[] {
    return this.state.keys();
  }

  values(): readonly V[] {
    return this.state.values();
  }

  entries(): readonly (readonly [K, V])[] {
    return this.state.entries();
  }
}

export class SetField<T> extends Field<SetState<T>> implements SetState<T> {
  add(value: T): boolean {
    return this.state.add(value);
  }

  has(value: T): boolean {
    return this.state.has(value);
  }

  delete(value: T): void {
    this.state.delete(value);
  }

  read(): readonly T[] {
    return this.state.read();
  }
}

export class OrderedListField<T> extends Field<OrderedListState<T>> implements OrderedListState<T> {
  add(timestamp: Timestamp, value: T): void {
    this.state.add(timestamp, value);
  }

  read(range?: TimestampRange): readonly TimestampedValue<T>[] {
    return this.state.read(range);
  }

  clearRange(range: TimestampRange): void {
    this.state.clearRange(range);
  }
}

export class TimerField implements Timer {
  private readonly home: Declarations;
  private readonly index: number;

  constructor(home: Declarations) {
    this.home = home;
    this.index = home.timers.length;
  }

  set(timestamp: Timestamp, options?: TimerOptions): void {
    this.home.binding.timer(this.index).set(timestamp, options);
  }

  setIn(duration: Duration, options?: TimerOptions): void {
    this.home.binding.timer(this.index).setIn(duration, options);
  }

  clear(tag?: string): void {
    this.home.binding.timer(this.index).clear(tag);
  }
}
