import { BeamlineError } from "../../model/errors.js";
import type { CellSpec } from "./cell-spec.js";
import type { Timer, TimerSpec } from "./timer-types.js";

/** The state and timers of the key and window at hand. */
export interface StateBinding {
  /** The state of the cell that was declared as number `index`: of the interface of its kind. */
  cell(index: number): unknown;
  timer(index: number): Timer;
}

interface Declared<Spec> {
  readonly field: object;
  readonly spec: Spec;
}

/** The state and timer fields of one DoFn, in the order in which they were declared. */
export class Declarations {
  readonly cells: Declared<CellSpec>[] = [];
  readonly timers: Declared<TimerSpec>[] = [];
  /** Set around each call of user code by whoever runs the DoFn. */
  binding: StateBinding = UNBOUND;

  unbind(): void {
    this.binding = UNBOUND;
  }
}

const UNBOUND: StateBinding = {
  cell() {
    throw outsideOfCall("state");
  },
  timer() {
    throw outsideOfCall("a timer");
  },
};

function outsideOfCall(what: string): BeamlineError {
  return new BeamlineError(
    "STATE_OUTSIDE_OF_CALL",
    `Cannot use ${what} here: it belongs to the key and window of an element, and no element is being processed; use it in process(), in a timer's callback or in onWindowExpiration()`,
  );
}
