import type { Executor } from "../bundle-work.js";
import { isSized } from "../restriction-stage.js";
import type { Task } from "./task.js";

/** A bundle that has run for less is left alone: it will end soon enough. */
const SLOW_MS = 200;
/** Between two wishes to the same bundle. */
const EVERY_MS = 100;

/**
 * Has slow bundles of sources split while they run, as long as worker threads are idle: one large
 * file or one slow range does not leave a core without work ("work stealing").
 */
export class Splitter {
  private readonly running = new Map<Executor, number>();
  private timer: NodeJS.Timeout | undefined;

  started(executor: Executor, { stage }: Task): void {
    if (isSized(stage)) this.running.set(executor, performance.now());
  }

  ended(executor: Executor): void {
    this.running.delete(executor);
  }

  /** @param isIdle - Whether somebody has nothing to do. */
  look(isIdle: boolean): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!isIdle || this.running.size === 0) return;
    this.timer = setTimeout(() => {
      this.wish();
      this.look(true);
    }, EVERY_MS);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  /** Asks the bundle that has run longest. */
  private wish(): void {
    let slowest: Executor | undefined;
    let since = performance.now() - SLOW_MS;
    for (const [executor, started] of this.running) {
      if (started > since) continue;
      slowest = executor;
      since = started;
    }
    slowest?.requestSplit?.();
  }
}
