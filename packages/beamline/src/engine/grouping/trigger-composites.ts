import { type Moment, Node, type Plan, type TriggerState } from "./trigger-node.js";

/** Its number is 1 once the end of the window has been passed and emitted. */
export class WatermarkNode extends Node {
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

export class RepeatNode extends Node {
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

export class EachNode extends Node {
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

export class FirstNode extends ParallelNode {
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

export class AllNode extends ParallelNode {
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

export class FinallyNode extends ParallelNode {
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
