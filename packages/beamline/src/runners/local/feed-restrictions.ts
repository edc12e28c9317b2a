import type { Coder } from "../../coders/coder.js";
import type { Block } from "../../engine/block.js";
import type { ActiveRestriction } from "../../exec/active-restriction.js";
import type { BundleGate } from "../../exec/bundle-processor.js";
import type { Receive } from "../../exec/receive.js";
import type { BundleSplit } from "./bundle-work.js";
import { decodeBlocks } from "./feed-elements.js";
import { restrictionBlock } from "./list-sink.js";

/** Feeds sized restrictions one after the other, and gives away what has not begun when asked to. */
export class RestrictionFeed {
  private readonly coder: Coder<unknown>;
  private readonly blocks: Block[];
  private at = 0;

  constructor(coder: Coder<unknown>, blocks: readonly Block[]) {
    this.coder = coder;
    this.blocks = [...blocks];
  }

  async feed(receive: Receive, gate: BundleGate): Promise<void> {
    for (this.at = 0; this.at < this.blocks.length; this.at++) {
      const block = this.blocks[this.at];
      if (block === undefined) return;
      for (const { value, meta } of decodeBlocks(this.coder, [block])) receive(value, meta);
      if (gate.attention) await gate.clear();
    }
  }

  /**
   * Gives away half of the restrictions that have not begun, or else half of the rest of the one
   * that has; undefined where there is nothing to give.
   */
  split(active: ActiveRestriction | undefined): BundleSplit | undefined {
    const { blocks, at, coder } = this;
    const waiting = blocks.length - 1 - at;
    if (waiting > 0) {
      const residual = blocks.splice(at + 1 + Math.floor(waiting / 2));
      return { kept: [...blocks], residual };
    }
    const current = blocks[at];
    const parts = active?.split(0.5);
    if (active === undefined || parts === undefined || current === undefined) return undefined;
    const part = (value: unknown) => restrictionBlock(coder, value, active.meta, current.partition);
    blocks[at] = part(parts.primary);
    return { kept: [...blocks], residual: [part(parts.residual)] };
  }
}
