import type { SideMap, SideMultimap } from "../../fn/side-views.js";
import type { View } from "../../graph/side-input.js";
import { BeamlineError } from "../../model/errors.js";
import { NO_VALUE, type SideInputData } from "./port.js";

/** Who asks: for errors. */
export interface ViewPlace {
  readonly step: string;
  readonly name: string;
}

/** What a function sees of a side input in one window. Nothing is decoded before it is asked for. */
export interface SideValue {
  /** Throws where a singleton is not one element. */
  get(): unknown;
}

/** The value of a view over the data of one window. */
export function sideValueOf(view: View, data: SideInputData, place: ViewPlace): SideValue {
  switch (view.kind) {
    case "singleton":
      return new Singleton(data, place, view.default);
    case "iterable": {
      const elements = once(() => data.elements());
      return { get: elements };
    }
    case "list":
      return { get: once(() => Object.freeze([...data.elements()])) };
    case "map": {
      const map = new MapView(data, place);
      return { get: () => map };
    }
    case "multimap": {
      const multimap = new MultimapView(data);
      return { get: () => multimap };
    }
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

class Singleton implements SideValue {
  private readonly data: SideInputData;
  private readonly place: ViewPlace;
  private readonly fallback: { readonly value: unknown } | undefined;
  private found: { readonly value: unknown } | undefined;

  constructor(
    data: SideInputData,
    place: ViewPlace,
    fallback: { readonly value: unknown } | undefined,
  ) {
    this.data = data;
    this.place = place;
    this.fallback = fallback;
  }

  get(): unknown {
    this.found ??= { value: this.read() };
    return this.found.value;
  }

  private read(): unknown {
    let count = 0;
    let only: unknown;
    for (const element of this.data.elements()) {
      if (++count > 1)
        throw this.notOne(
          "more than one element",
          "combine them to one first, or use asIterable()",
        );
      only = element;
    }
    if (count === 1) return only;
    if (this.fallback !== undefined) return this.fallback.value;
    throw this.notOne("no element", "give asSingleton() a default, or make sure that there is one");
  }

  private notOne(found: string, next: string): BeamlineError {
    const { step, name } = this.place;
    return new BeamlineError(
      "NOT_A_SINGLETON",
      `Cannot read the side input "${name}" of "${step}" as a singleton: it has ${found} in this window; ${next}`,
    );
  }
}

/** The single value of each key, looked up by the encoding of the key, and kept once decoded. */
class MapView implements SideMap<unknown, unknown> {
  private readonly data: SideInputData;
  private readonly place: ViewPlace;
  /** Of keys that are primitives: a Map's equality is that of the key coder. */
  private readonly known = new Known<unknown>();
  private readonly allKeys: () => readonly unknown[];

  constructor(data: SideInputData, place: ViewPlace) {
    this.data = data;
    this.place = place;
    this.allKeys = once(() => [...data.keys()]);
  }

  get(key: unknown): unknown {
    const { data } = this;
    // Whoever offers this keeps what is known by itself.
    if (data.onlyValueOf === undefined) return this.known.of(key, () => this.find(key))?.value;
    const value = data.onlyValueOf(key, this.twice);
    return value === NO_VALUE ? undefined : value;
  }

  has(key: unknown): boolean {
    const { data } = this;
    if (data.onlyValueOf !== undefined) return data.onlyValueOf(key, this.twice) !== NO_VALUE;
    return this.known.of(key, () => this.find(key)) !== undefined;
  }

  keys(): Iterable<unknown> {
    return this.allKeys();
  }

  *entries(): Iterable<readonly [unknown, unknown]> {
    for (const key of this.allKeys()) yield [key, this.get(key)];
  }

  get size(): number {
    return this.allKeys().length;
  }

  private find(key: unknown): { readonly value: unknown } | undefined {
    let found: { readonly value: unknown } | undefined;
    for (const value of this.data.valuesOf(key)) {
      if (found !== undefined) throw this.twice();
      found = { value };
    }
    return found;
  }

  private readonly twice = (): BeamlineError => {
    const { step, name } = this.place;
    return new BeamlineError(
      "DUPLICATE_KEY",
      `Cannot read the side input "${name}" of "${step}" as a map: a key has more than one value in this window; combine the values of each key first, or use asMultimap()`,
    );
  };
}

class MultimapView implements SideMultimap<unknown, unknown> {
  private readonly data: SideInputData;
  private readonly known = new Known<Iterable<unknown>>();
  private readonly allKeys: () => readonly unknown[];

  constructor(data: SideInputData) {
    this.data = data;
    this.allKeys = once(() => [...data.keys()]);
  }

  get(key: unknown): Iterable<unknown> {
    return this.known.of(key, () => ({ value: this.data.valuesOf(key) }))?.value ?? [];
  }

  has(key: unknown): boolean {
    for (const _ of this.get(key)) return true;
    return false;
  }

  keys(): Iterable<unknown> {
    return this.allKeys();
  }

  *entries(): Iterable<readonly [unknown, Iterable<unknown>]> {
    for (const key of this.allKeys()) yield [key, this.get(key)];
  }

  get size(): number {
    return this.allKeys().length;
  }
}

/** Answers that are kept: a window's worth of keys at the most. */
const KNOWN_LIMIT = 100_000;

/** What is known of keys that are primitives; others are looked up by their encoding each time. */
class Known<T> {
  private readonly answers = new Map<unknown, { readonly value: T } | undefined>();

  of(key: unknown, find: () => { readonly value: T } | undefined) {
    if (typeof key === "object" && key !== null) return find();
    const { answers } = this;
    const answer = answers.get(key);
    if (answer !== undefined || answers.has(key)) return answer;
    const found = find();
    if (answers.size >= KNOWN_LIMIT) answers.clear();
    answers.set(key, found);
    return found;
  }
}
