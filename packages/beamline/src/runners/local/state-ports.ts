import type { KeyedState } from "../../engine/state/keyed-state.js";
import type { StatePort, TimerPort } from "../../exec/state/ports.js";
import { internalError } from "../../model/errors.js";

type Ports = StatePort & TimerPort;

/** The state and timers of a station: those of the shard whose bundle it is running. */
export class StationState {
  private current: KeyedState | undefined;

  use(state: KeyedState | undefined): void {
    this.current = state;
  }

  readonly ports: Ports = portsOf(() => {
    if (this.current === undefined) throw internalError("A step without state asks for it");
    return this.current;
  });
}

function portsOf(state: () => KeyedState): Ports {
  return {
    isRunnerManaged: () => false,
    bag: (step, cell) => state().bag(step, cell),
    map: (step, cell) => state().map(step, cell),
    list: (step, cell) => state().list(step, cell),
    get processingTime() {
      return state().processingTime;
    },
    get watermark() {
      return state().watermark;
    },
    set: (timer) => state().set(timer),
    clear: (timer) => state().clear(timer),
  };
}
