import type { TimestampTransform } from "../../windowing/trigger.js";
import { type Moment, Node, type Plan, type TriggerState, UNSET } from "./trigger-node.js";

abstract class Leaf extends Node {
  constructor(plan: Plan, initial = 0) {
    super(plan, [], initial);
  }
}

export class DefaultNode extends Leaf {
  onElement(): void {}
  shouldFire(_state: TriggerState, { isPastEnd }: Moment): boolean {
    return isPastEnd;
  }
  onFire(): void {}
  onMerge(): void {}
}

export class NeverNode extends Leaf {
  onElement(): void {}
  shouldFire(): boolean {
    return false;
  }
  onFire(): void {}
  onMerge(): void {}
}

export class AlwaysNode extends Leaf {
  onElement(): void {}
  shouldFire(_state: TriggerState, { isArrival }: Moment): boolean {
    return isArrival;
  }
  onFire(): void {}
  onMerge(): void {}
}

/** Its number counts the elements of the pane. */
export class CountNode extends Leaf {
  private readonly count: number;

  constructor(plan: Plan, count: number) {
    super(plan);
    this.count = count;
  }

  onElement(state: TriggerState): void {
    this.setValue(state, this.value(state) + 1);
  }

  shouldFire(state: TriggerState): boolean {
    return this.value(state) >= this.count;
  }

  onFire(state: TriggerState): void {
    this.clear(state);
    this.setFinished(state, true);
  }

  onMerge(states: readonly TriggerState[], merged: TriggerState): void {
    if (this.finishedInAny(states)) {
      this.setFinished(merged, true);
      return;
    }
    this.setValue(
      merged,
      states.reduce((sum, state) => sum + this.value(state), 0),
    );
  }
}

/** Its number is the instant at which the delay ends. */
export class DelayNode extends Leaf {
  private readonly transforms: readonly TimestampTransform[];

  constructor(plan: Plan, transforms: readonly TimestampTransform[]) {
    super(plan, UNSET);
    this.transforms = transforms;
    plan.delays.push(this.slot + 1);
  }

  onElement(state: TriggerState, { processingTime }: Moment): void {
    if (this.value(state) !== UNSET) return;
    let until = processingTime;
    for (const transform of this.transforms) until = transformed(until, transform);
    this.setValue(state, until);
  }

  shouldFire(state: TriggerState, { processingTime, isArrival }: Moment): boolean {
    const until = this.value(state);
    return isArrival ? processingTime > until : processingTime >= until;
  }

  onFire(state: TriggerState): void {
    this.clear(state);
    this.setFinished(state, true);
  }

  onMerge(states: readonly TriggerState[], merged: TriggerState): void {
    if (this.finishedInAny(states)) {
      this.setFinished(merged, true);
      return;
    }
    this.setValue(merged, Math.min(...states.map((state) => this.value(state))));
  }
}

function transformed(time: number, transform: TimestampTransform): number {
  if (transform.kind === "delay") return time + transform.by;
  const rest = (time - transform.offset) % transform.period;
  if (rest === 0) return time;
  return rest < 0 ? time - rest : time + transform.period - rest;
}
