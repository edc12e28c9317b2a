import { isEndless } from "../restriction-stage.js";
import type { Task } from "./task.js";

/** Bundles that wait for an executor. */
export class TaskQueue {
  private readonly tasks: Task[] = [];
  private total = 0;

  get length(): number {
    return this.tasks.length;
  }

  /** Of all together, in bytes. */
  get weight(): number {
    return this.total;
  }

  /**
   * Sources that go on for ever come last, so that what they have emitted is worked off before they
   * emit more: that is all the back-pressure that a streaming job needs.
   */
  push(task: Task): void {
    this.total += task.weight;
    // Memory has to be made free before more is used.
    if (task.work.spill !== undefined) this.tasks.unshift(task);
    else if (isEndless(task.stage)) this.tasks.push(task);
    else {
      const last = this.tasks.findLastIndex(({ stage }) => !isEndless(stage));
      this.tasks.splice(last + 1, 0, task);
    }
  }

  /** For a bundle that is to run again. */
  pushFirst(task: Task): void {
    this.total += task.weight;
    this.tasks.unshift(task);
  }

  /** Takes the first bundle that `fits`. */
  shift(fits: (task: Task) => boolean): Task | undefined {
    const index = this.tasks.findIndex(fits);
    if (index < 0) return undefined;
    const [task] = this.tasks.splice(index, 1);
    if (task !== undefined) this.total -= task.weight;
    return task;
  }
}
