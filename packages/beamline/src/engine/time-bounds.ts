import type { ElementMeta } from "../model/element-meta.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP } from "../model/time.js";
import { maxTimestamp } from "../model/window.js";
import type { Block } from "./block.js";

/** Between which instants the elements of a block lie, gathered while they are written. */
export class TimeBounds {
  private earliest = MAX_TIMESTAMP;
  private latest = MIN_TIMESTAMP;

  add({ timestamp, windows }: ElementMeta): void {
    if (timestamp < this.earliest) this.earliest = timestamp;
    for (const window of windows) {
      const instant = maxTimestamp(window);
      if (instant > this.latest) this.latest = instant;
    }
  }

  /** The bounds so far; what is added from now on is another block's. */
  take(): Required<Pick<Block, "minTimestamp" | "maxInstant">> {
    const bounds = { minTimestamp: this.earliest, maxInstant: this.latest };
    this.clear();
    return bounds;
  }

  clear(): void {
    this.earliest = MAX_TIMESTAMP;
    this.latest = MIN_TIMESTAMP;
  }
}
