import type { View } from "../graph/side-input.js";
import type { PCollectionHandle } from "./handle.js";

/**
 * A PCollection as a function sees it from the side: made by `asSingleton()`, `asIterable()`,
 * `asList()`, `asMap()` or `asMultimap()`, passed in the options of a transform.
 *
 * @typeParam Value - The type under which the function reads it, as `ctx.side.<name>`.
 */
export class PCollectionView<out Value> {
  /** For the type system only. */
  declare readonly value: Value;
  /** @internal */
  readonly pcollection: PCollectionHandle;
  /** @internal */
  readonly view: View;

  constructor(pcollection: PCollectionHandle, view: View) {
    this.pcollection = pcollection;
    this.view = view;
    Object.freeze(this);
  }
}

export interface SingletonOptions<Default> {
  /** What the function reads where there is no element. Default: that is an error. */
  readonly default: Default;
}

/** Views by the names under which a function reads them. */
export type Views = Readonly<Record<string, unknown>>;

/** The `ctx.side` that views give. */
export type SideOf<V extends Views> = {
  readonly [Name in keyof V]: V[Name] extends PCollectionView<infer Value> ? Value : never;
};
