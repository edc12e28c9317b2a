import type { Trigger } from "../../windowing/trigger.js";
import {
  AllNode,
  EachNode,
  FinallyNode,
  FirstNode,
  RepeatNode,
  WatermarkNode,
} from "./trigger-composites.js";
import { AlwaysNode, CountNode, DefaultNode, DelayNode, NeverNode } from "./trigger-leaves.js";
import { type Moment, type Node, type Plan, type TriggerState, UNSET } from "./trigger-node.js";

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
