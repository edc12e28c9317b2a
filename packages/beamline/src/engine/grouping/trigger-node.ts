/**
 * What a trigger remembers of one key and window: two numbers a node, whether it has finished and
 * its own. Plain numbers, so that a bundle's changes are undone by a copy.
 */
export type TriggerState = number[];

/** The circumstances under which a trigger is asked. */
export interface Moment {
  /** Whether the watermark has passed the end of the window. */
  readonly isPastEnd: boolean;
  readonly processingTime: number;
  /**
   * Whether an element has just come. Then, a delay that ends at this very instant has not passed:
   * more elements may come, and the trigger's next delay brings the clock's own firing.
   */
  readonly isArrival: boolean;
}

/** Of a delay that has not begun. */
export const UNSET = Number.POSITIVE_INFINITY;

/** What grows while the nodes of a trigger are made. */
export interface Plan {
  readonly fresh: number[];
  /** Slots that hold instants of processing time. */
  readonly delays: number[];
  readonly isMerging: boolean;
}

/** A trigger, or a part of one. */
export abstract class Node {
  protected readonly children: readonly Node[];
  protected readonly isMerging: boolean;
  protected readonly slot: number;
  private readonly initial: number;

  constructor(plan: Plan, children: readonly Node[], initial = 0) {
    this.children = children;
    this.isMerging = plan.isMerging;
    this.initial = initial;
    this.slot = plan.fresh.length;
    plan.fresh.push(0, initial);
  }

  isFinished(state: TriggerState): boolean {
    return state[this.slot] === 1;
  }

  /** As it was before the first element, but for whether it has finished. */
  clear(state: TriggerState): void {
    state[this.slot + 1] = this.initial;
    for (const child of this.children) child.clear(state);
  }

  /** As it was before the first element. */
  reset(state: TriggerState): void {
    state[this.slot] = 0;
    state[this.slot + 1] = this.initial;
    for (const child of this.children) child.reset(state);
  }

  abstract onElement(state: TriggerState, moment: Moment): void;
  abstract shouldFire(state: TriggerState, moment: Moment): boolean;
  abstract onFire(state: TriggerState, moment: Moment): void;
  /** Fills `merged`, which is fresh, from the states of the windows that become one. */
  abstract onMerge(states: readonly TriggerState[], merged: TriggerState): void;

  protected value(state: TriggerState): number {
    return state[this.slot + 1] as number;
  }

  protected setValue(state: TriggerState, value: number): void {
    state[this.slot + 1] = value;
  }

  protected setFinished(state: TriggerState, isFinished: boolean): void {
    state[this.slot] = isFinished ? 1 : 0;
  }

  protected finishedInAll(states: readonly TriggerState[]): boolean {
    return states.every((state) => this.isFinished(state));
  }

  protected finishedInAny(states: readonly TriggerState[]): boolean {
    return states.some((state) => this.isFinished(state));
  }
}
