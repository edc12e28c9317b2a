import type { TimestampTransform, Trigger } from "../../windowing/trigger.js";

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
   * more elements may come, and {@link TriggerMachine.nextDelay} brings the clock's own firing.
   */
  readonly isArrival: boolean;
}

const UNSET = Number.POSITIVE_INFINITY;

/**
 * A trigger as state machines, as in Beam's Java SDK (`TriggerStateMachine`): `onElement` for each
 * element, then `shouldFire`; where that holds, `onFire`, which may finish the trigger for good.
 */
export class TriggerMachine {
  private readonly root: Node;
  private readonly fresh: readonly number[];
  private readonly delays: readonly number[];

  /** @param isMerging - Whether windows merge: parts that are done may then come back to life. */
  constructor(trigger: Trigger, isMerging: boolean) {
    const plan: Plan = { fresh: [], delays: [], isMerging };
    this.root = nodeOf(trigger, plan);
    this.fresh = plan.fresh;
    this.delays = plan.delays;
  }

  newState(): TriggerState {
    return this.fresh.slice();
  }

  onElement(state: TriggerState, moment: Moment): void {
    this.root.onElement(state, moment);
  }

  shouldFire(state: TriggerState, moment: Moment): boolean {
    return this.root.shouldFire(state, moment);
  }

  onFire(state: TriggerState, moment: Moment): void {
    this.root.onFire(state, moment);
  }

  isFinished(state: TriggerState): boolean {
    return this.root.isFinished(state);
  }

  /** The state of windows that become one. */
  merge(states: readonly TriggerState[]): TriggerState {
    const merged = this.newState();
    this.root.onMerge(states, merged);
    return merged;
  }

  /** The earliest instant of processing time after `time` at which a delay ends. */
  nextDelay(state: TriggerState, time: number): number {
    let next = UNSET;
    for (const slot of this.delays) {
      const until = state[slot] as number;
      if (until > time && until < next) next = until;
    }
    return next;
  }

  /** Whether some delay ends at this very instant. */
  endsDelayAt(state: TriggerState, time: number): boolean {
    return this.delays.some((slot) => state[slot] === time);
  }
}

interface Plan {
  readonly fresh: number[];
  /** Slots that hold instants of processing time. */
  readonly delays: number[];
  readonly isMerging: boolean;
}

function nodeOf(trigger: Trigger, plan: Plan): Node {
  const several = (triggers: readonly Trigger[]) => triggers.map((each) => nodeOf(each, plan));
  switch (trigger.kind) {
    case "default":
      return new DefaultNode(plan);
    case "never":
      return new NeverNode(plan);
    case "always":
      return new AlwaysNode(plan);
    case "afterWatermark": {
      const early = trigger.early === undefined ? undefined : nodeOf(trigger.early, plan);
      const late = trigger.late === undefined ? undefined : nodeOf(trigger.late, plan);
      return new WatermarkNode(plan, early, late);
    }
    case "afterProcessingTime":
      return new DelayNode(plan, trigger.transforms);
    case "afterSynchronizedProcessingTime":
      // All stages of this engine live by one clock, and panes of one firing arrive together.
      return new DelayNode(plan, []);
    case "afterCount":
      return new CountNode(plan, trigger.count);
    case "repeatedly":
      return new RepeatNode(plan, nodeOf(trigger.trigger, plan));
    case "afterEach":
      return new EachNode(plan, several(trigger.triggers));
    case "afterFirst":
      return new FirstNode(plan, several(trigger.triggers));
    case "afterAll":
      return new AllNode(plan, several(trigger.triggers));
    case "orFinally":
      return new FinallyNode(plan, nodeOf(trigger.main, plan), nodeOf(trigger.finally, plan));
  }
}

abstract class Node {
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

abstract class Leaf extends Node {
  constructor(plan: Plan, initial = 0) {
    super(plan, [], initial);
  }
}

class DefaultNode extends Leaf {
  onElement(): void {}
  shouldFire(_state: TriggerState, { isPastEnd }: Moment): boolean {
    return isPastEnd;
  }
  onFire(): void {}
  onMerge(): void {}
}

class NeverNode extends Leaf {
  onElement(): void {}
  shouldFire(): boolean {
    return false;
  }
  onFire(): void {}
  onMerge(): void {}
}

class AlwaysNode extends Leaf {
  onElement(): void {}
  shouldFire(_state: TriggerState, { isArrival }: Moment): boolean {
    return isArrival;
  }
  onFire(): void {}
  onMerge(): void {}
}

/** Its number counts the elements of the pane. */
class CountNode extends Leaf {
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
class DelayNode extends Leaf {
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

/** Its number is 1 once the end of the window has been passed and emitted. */
class WatermarkNode extends Node {
  private readonly early: Node | undefined;
  private readonly late: Node | undefined;

  constructor(plan: Plan, early: Node | undefined, late: Node | undefined) {
    super(
      plan,
      [early, late].filter((child) => child !== undefined),
    );
    this.early = early;
    this.late = late;
  }

  onElement(state: TriggerState, moment: Moment): void {
    const isLate = this.value(state) === 1;
    // Where windows merge, either part may come to be the one that counts.
    if (!isLate || this.isMerging) this.early?.onElement(state, moment);
    if (isLate || this.isMerging) this.late?.onElement(state, moment);
  }

  shouldFire(state: TriggerState, moment: Moment): boolean {
    if (this.value(state) === 1) return this.late?.shouldFire(state, moment) ?? false;
    return moment.isPastEnd || (this.early?.shouldFire(state, moment) ?? false);
  }

  onFire(state: TriggerState, moment: Moment): void {
    if (this.value(state) === 1) {
      this.late?.onFire(state, moment);
    } else if (moment.isPastEnd) {
      this.setValue(state, 1);
      if (this.late === undefined) this.setFinished(state, true);
    } else {
      this.early?.onFire(state, moment);
    }
    // Early and late firings repeat, and what the other part has counted has been emitted.
    this.early?.reset(state);
    this.late?.reset(state);
  }

  /** Ahead of the end in one window is ahead of it in all: its elements have not been emitted. */
  onMerge(states: readonly TriggerState[], merged: TriggerState): void {
    if (states.every((state) => this.value(state) === 1)) {
      this.setValue(merged, 1);
      if (this.late === undefined) this.setFinished(merged, true);
      else this.late.onMerge(states, merged);
    } else {
      this.early?.onMerge(states, merged);
    }
  }
}

class RepeatNode extends Node {
  private readonly child: Node;

  constructor(plan: Plan, child: Node) {
    super(plan, [child]);
    this.child = child;
  }

  onElement(state: TriggerState, moment: Moment): void {
    this.child.onElement(state, moment);
  }

  shouldFire(state: TriggerState, moment: Moment): boolean {
    return this.child.shouldFire(state, moment);
  }

  onFire(state: TriggerState, moment: Moment): void {
    this.child.onFire(state, moment);
    if (this.child.isFinished(state)) this.child.reset(state);
  }

  onMerge(states: readonly TriggerState[], merged: TriggerState): void {
    this.child.onMerge(states, merged);
    if (this.child.isFinished(merged)) this.child.reset(merged);
  }
}

class EachNode extends Node {
  onElement(state: TriggerState, moment: Moment): void {
    if (this.isMerging) for (const child of this.children) child.onElement(state, moment);
    else this.current(state)?.onElement(state, moment);
  }

  shouldFire(state: TriggerState, moment: Moment): boolean {
    return this.current(state)?.shouldFire(state, moment) ?? false;
  }

  onFire(state: TriggerState, moment: Moment): void {
    this.current(state)?.onFire(state, moment);
    if (this.isMerging) for (const child of this.children) child.clear(state);
    this.finishWithLast(state);
  }

  onMerge(states: readonly TriggerState[], merged: TriggerState): void {
    // What follows the first that has not finished has not begun.
    for (const child of this.children) {
      child.onMerge(states, merged);
      if (!child.isFinished(merged)) break;
    }
    this.finishWithLast(merged);
  }

  private current(state: TriggerState): Node | undefined {
    return this.children.find((child) => !child.isFinished(state));
  }

  private finishWithLast(state: TriggerState): void {
    this.setFinished(state, this.current(state) === undefined);
  }
}

/** Triggers that run side by side. */
abstract class ParallelNode extends Node {
  onElement(state: TriggerState, moment: Moment): void {
    for (const child of this.children) {
      if (!child.isFinished(state)) child.onElement(state, moment);
    }
  }

  onMerge(states: readonly TriggerState[], merged: TriggerState): void {
    for (const child of this.children) child.onMerge(states, merged);
    this.finish(merged);
  }

  protected abstract finish(state: TriggerState): void;
}

class FirstNode extends ParallelNode {
  shouldFire(state: TriggerState, moment: Moment): boolean {
    return this.children.some((child) => child.shouldFire(state, moment));
  }

  onFire(state: TriggerState, moment: Moment): void {
    for (const child of this.children) {
      // The pane that the others were counting is gone.
      if (child.shouldFire(state, moment)) child.onFire(state, moment);
      else child.clear(state);
    }
    this.finish(state);
  }

  protected finish(state: TriggerState): void {
    this.setFinished(
      state,
      this.children.some((child) => child.isFinished(state)),
    );
  }
}

class AllNode extends ParallelNode {
  shouldFire(state: TriggerState, moment: Moment): boolean {
    return this.children.every(
      (child) => child.isFinished(state) || child.shouldFire(state, moment),
    );
  }

  onFire(state: TriggerState, moment: Moment): void {
    for (const child of this.children) {
      if (!child.isFinished(state)) child.onFire(state, moment);
    }
    this.finish(state);
  }

  protected finish(state: TriggerState): void {
    this.setFinished(
      state,
      this.children.every((child) => child.isFinished(state)),
    );
  }
}

class FinallyNode extends ParallelNode {
  private readonly main: Node;
  private readonly until: Node;

  constructor(plan: Plan, main: Node, until: Node) {
    super(plan, [main, until]);
    this.main = main;
    this.until = until;
  }

  shouldFire(state: TriggerState, moment: Moment): boolean {
    return this.main.shouldFire(state, moment) || this.until.shouldFire(state, moment);
  }

  onFire(state: TriggerState, moment: Moment): void {
    if (this.until.shouldFire(state, moment)) {
      this.until.onFire(state, moment);
      this.main.clear(state);
    } else {
      // What `until` has counted goes on over many panes.
      this.main.onFire(state, moment);
    }
    this.finish(state);
  }

  protected finish(state: TriggerState): void {
    this.setFinished(state, this.main.isFinished(state) || this.until.isFinished(state));
  }
}
