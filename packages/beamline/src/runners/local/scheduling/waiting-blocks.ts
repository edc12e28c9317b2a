import type { Block } from "../../../engine/block.js";
import type { SpillOrder } from "../../../engine/spill/spill-options.js";
import type { BundleWork } from "../bundle-work.js";
import type { Dataset } from "../plan.js";

/** What waits for a stage whose input ends: blocks in memory, and runs on disk. */
export class WaitingBlocks {
  private readonly dataset: string;
  private readonly order: SpillOrder | undefined;
  private blocks: Block[] = [];
  private spilled: Block[] = [];
  private waiting = 0;

  constructor(dataset: Dataset | undefined) {
    this.dataset = dataset?.id ?? "";
    this.order = orderOf(dataset);
  }

  /** Bytes in memory that could go to disk. */
  get bytes(): number {
    return this.order === undefined ? 0 : this.waiting;
  }

  /** Records in memory. */
  get records(): number {
    return this.blocks.reduce((sum, { records }) => sum + records, 0);
  }

  get hasRuns(): boolean {
    return this.spilled.length > 0;
  }

  get isEmpty(): boolean {
    return this.blocks.length === 0 && this.spilled.length === 0;
  }

  get runs(): readonly Block[] {
    return this.spilled;
  }

  add(blocks: readonly Block[]): void {
    for (const block of blocks) {
      if (block.run !== undefined) this.spilled.push(block);
      else if (block.records > 0) {
        this.blocks.push(block);
        this.waiting += block.bytes.length;
      }
    }
  }

  /** All that is in memory. */
  takeAll(): Block[] {
    const { blocks } = this;
    this.blocks = [];
    this.waiting = 0;
    return blocks;
  }

  /** What has waited longest, up to `most` bytes and at least a block: all of one form. */
  takeOldest(most: number): {
    readonly blocks: readonly Block[];
    readonly spill: NonNullable<BundleWork["spill"]>;
  } {
    const taken: Block[] = [];
    const kept: Block[] = [];
    let bytes = 0;
    for (const block of this.blocks) {
      const isSame = block.form === (taken[0] ?? block).form;
      const fits = bytes === 0 || bytes + block.bytes.length <= most;
      if (isSame && fits) {
        taken.push(block);
        bytes += block.bytes.length;
      } else kept.push(block);
    }
    this.blocks = kept;
    this.waiting -= bytes;
    return { blocks: taken, spill: { dataset: this.dataset, order: this.order ?? "none" } };
  }
}

/** How a stage reads its input from disk; undefined where it cannot. */
function orderOf(dataset: Dataset | undefined): SpillOrder | undefined {
  switch (dataset?.kind) {
    case "groups":
    case "keyed":
      return "hash";
    case "sideList":
    case "sideMap":
      return dataset.isBounded ? "hash" : undefined;
    case "elements":
      return "none";
    default:
      return undefined;
  }
}
