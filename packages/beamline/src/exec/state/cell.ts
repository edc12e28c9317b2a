import type { StateScope } from "../../model/state-scope.js";
import type { Scratch } from "./scratch.js";

/** The state of one cell for one key and window, decoded, while a bundle runs. */
export interface Cell {
  /** Hands what has changed to the store. */
  flush(): void;
}

export interface CellHome<Store> {
  readonly store: Store;
  readonly scope: StateScope;
  readonly scratch: Scratch;
}
