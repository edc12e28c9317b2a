import type { FromLane } from "../bundle/messages.js";
import type { LaneHandle, OpenLane } from "./lane-handle.js";

/** A lane with what it is doing. */
export interface Slot {
  readonly handle: LaneHandle;
  /** Bundles that it runs. */
  readonly instructions: Set<string>;
  /** Descriptors that it has been sent. */
  readonly descriptors: Set<string>;
}

export interface PoolListener {
  message(slot: Slot, message: FromLane): void;
  died(slot: Slot, cause: Error): void;
}

/**
 * The lanes of a worker: up to `size`, opened as bundles come. A bundle goes to the lane with the
 * fewest; beyond `size` they share.
 */
export class LanePool {
  readonly size: number;
  private readonly open: (index: number) => OpenLane;
  private readonly listener: PoolListener;
  private readonly slots: Slot[] = [];
  private opened = 0;

  constructor(size: number, open: (index: number) => OpenLane, listener: PoolListener) {
    this.size = size;
    this.open = open;
    this.listener = listener;
  }

  get lanes(): readonly Slot[] {
    return this.slots;
  }

  /** The lane for another bundle. */
  assign(instruction: string): Slot {
    let best: Slot | undefined;
    for (const slot of this.slots) {
      if (best === undefined || slot.instructions.size < best.instructions.size) best = slot;
    }
    if (best === undefined || (best.instructions.size > 0 && this.slots.length < this.size)) {
      best = this.add();
    }
    best.instructions.add(instruction);
    return best;
  }

  /** Opens lanes before the first bundle comes. */
  warmUp(count: number): void {
    while (this.slots.length < Math.min(count, this.size)) this.add();
  }

  async close(): Promise<void> {
    await Promise.all(this.slots.splice(0).map(({ handle }) => handle.close()));
  }

  private add(): Slot {
    const slot: Slot = {
      handle: this.open(this.opened++)({
        message: (message) => this.listener.message(slot, message),
        died: (cause) => {
          const at = this.slots.indexOf(slot);
          if (at >= 0) this.slots.splice(at, 1);
          this.listener.died(slot, cause);
        },
      }),
      instructions: new Set(),
      descriptors: new Set(),
    };
    this.slots.push(slot);
    return slot;
  }
}
