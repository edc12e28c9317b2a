import { releaseMemory } from "../../bytes/release.js";
import type { Block } from "../../engine/block.js";
import { type RecordReader, ShuffleReader } from "../../engine/shuffle-reader.js";
import { BlockGroups } from "../../engine/spill/block-groups.js";
import type { Groups } from "../../engine/spill/groups.js";
import type { HashRange, Run } from "../../engine/spill/run.js";
import type { SpillSpace } from "../../engine/spill/spill-space.js";
import { internalError } from "../../model/errors.js";
import type { ElementBlock } from "./feed-elements.js";

/** The input of a bundle, wherever it is: in memory, or in runs on disk. */
export class BlockInput {
  private readonly blocks: readonly Block[];
  private readonly range: HashRange | undefined;
  private readonly space: SpillSpace | undefined;

  /**
   * @param range - The hashes to read of runs. Default: all.
   * @param space - Who reads runs. Default: there are none.
   */
  constructor(
    blocks: readonly Block[],
    range: HashRange | undefined,
    space: SpillSpace | undefined,
  ) {
    this.blocks = blocks;
    this.range = range;
    this.space = space;
  }

  /** Keys with all of their values, as many at a time as memory holds. */
  groups(): Iterable<Groups> {
    const runs = this.runs();
    if (runs.length === 0) {
      return this.space?.groupsInMemory(this.blocks) ?? new BlockGroups(this.blocks, LOAD_BYTES);
    }
    return this.requireSpace().groups(runs, this.range);
  }

  /** The records of a shuffle, all those of a key in one piece. */
  *records(): Iterable<RecordReader> {
    const runs = this.runs();
    if (runs.length === 0) {
      yield new ShuffleReader(this.blocks);
      return;
    }
    yield* this.requireSpace().records(runs, this.range);
  }

  /** Elements in the order in which they were written. */
  *elements(): Iterable<ElementBlock> {
    for (const block of this.blocks) {
      if (block.run === undefined) {
        yield block;
        continue;
      }
      for (const { bytes } of this.requireSpace().reader.frames(block.run)) {
        yield { bytes, ...(block.form === undefined ? {} : { form: block.form }) };
        releaseMemory(bytes);
      }
    }
  }

  private runs(): Run[] {
    return this.blocks.flatMap(({ run }) => run ?? []);
  }

  private requireSpace(): SpillSpace {
    if (this.space === undefined) throw internalError("A bundle has runs and nobody to read them");
    return this.space;
  }
}

/** What is grouped at once where nobody bounds memory. */
const LOAD_BYTES = 12 * 1024 * 1024;
