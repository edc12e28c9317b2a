import type { Window } from "../../model/window.js";
import type { Step, StepSideInput } from "../stage.js";

/** What stands for the value of a key that is not there. */
export const NO_VALUE: unique symbol = Symbol("no value");

/** The elements of a side input in one of its windows, decoded as they are asked for. */
export interface SideInputData {
  /** All of them; every iteration begins anew. Where the access pattern is "iterable". */
  elements(): Iterable<unknown>;
  /** Those of a key; none where there is no such key. Where the access pattern is "multimap". */
  valuesOf(key: unknown): Iterable<unknown>;
  /**
   * The only value of a key, {@link NO_VALUE} where there is none. Throws what `twice` makes where
   * there are more. Like `valuesOf`, but made for lookups in great numbers. Optional.
   */
  onlyValueOf?(key: unknown, twice: () => Error): unknown;
  /** Each key once. Where the access pattern is "multimap". */
  keys(): Iterable<unknown>;
}

/** One side input of one step, for the bundle that runs. */
export interface SideInputSource {
  /** What lies in a window of the side input, not of the main one. */
  in(window: Window): SideInputData;
  /**
   * Fetches what lies in a window; undefined when it is there. Only where a function's thread cannot
   * wait for it later.
   */
  prepare?(window: Window): Promise<void> | undefined;
}

/** How the steps of a stage get at their side inputs: given by whoever runs the stage. */
export interface SideInputPort {
  /** @param name - Of the side input, among those of the step. */
  open(step: Step, name: string, sideInput: StepSideInput): SideInputSource;
}
