import type { Block } from "./block.js";
import type { HashRange } from "./spill/run.js";

/** A share of a stage's input: the unit of work, of failure and of commitment. */
export interface Bundle {
  readonly blocks: readonly Block[];
  readonly weight: number;
  /** The hashes that it has of the runs among its blocks. Default: all. */
  readonly range?: HashRange;
}

export interface BundlingOptions {
  /** Bundles that can run at the same time. */
  readonly parallelism: number;
}

/** Weight below which a bundle of shuffled data is not worth its own overhead. */
export const SMALL_BUNDLE = 1024 * 1024;

/** Weight above which a bundle costs too much when it has to run again. */
export const LARGE_BUNDLE = 64 * 1024 * 1024;

/**
 * Bundles of sized work, large ones first and ever smaller ones towards the end ("guided
 * self-scheduling", Polychronopoulos and Kuck 1987): few of them, and all workers still finish at
 * about the same time. Each takes its share of half of what is left.
 */
export function bundleGuided(blocks: readonly Block[], { parallelism }: BundlingOptions): Bundle[] {
  const bundles: Bundle[] = [];
  let left = blocks.reduce((sum, block) => sum + block.weight, 0);
  let gathered: Block[] = [];
  let weight = 0;
  for (const block of blocks) {
    gathered.push(block);
    weight += block.weight;
    if (weight < Math.min(LARGE_BUNDLE, left / (2 * parallelism))) continue;
    bundles.push({ blocks: gathered, weight });
    left -= weight;
    gathered = [];
    weight = 0;
  }
  if (gathered.length > 0) bundles.push({ blocks: gathered, weight });
  return bundles;
}

/**
 * Bundles of blocks with the same index in every producer's output, so that many small outputs
 * still make few bundles.
 */
export function bundleByPart(blocks: readonly Block[]): Bundle[] {
  return [...byPartition(blocks).values()].map(bundleOf);
}

/**
 * Whole partitions of a shuffle, small ones together: about three bundles a worker, none smaller
 * than {@link SMALL_BUNDLE} where that leaves more than one.
 */
export function bundleByPartition(
  blocks: readonly Block[],
  { parallelism }: BundlingOptions,
): Bundle[] {
  const partitions = [...byPartition(blocks).entries()].sort(([a], [b]) => a - b);
  const total = blocks.reduce((sum, block) => sum + block.weight, 0);
  const target = Math.max(SMALL_BUNDLE, total / (parallelism * 3));
  const bundles: Bundle[] = [];
  let gathered: Block[] = [];
  let weight = 0;
  for (const [, part] of partitions) {
    gathered.push(...part);
    weight += part.reduce((sum, block) => sum + block.weight, 0);
    if (weight >= target) {
      bundles.push({ blocks: gathered, weight });
      gathered = [];
      weight = 0;
    }
  }
  if (gathered.length > 0) bundles.push({ blocks: gathered, weight });
  return bundles;
}

function byPartition(blocks: readonly Block[]): Map<number, Block[]> {
  const partitions = new Map<number, Block[]>();
  for (const block of blocks) {
    const present = partitions.get(block.partition);
    if (present === undefined) partitions.set(block.partition, [block]);
    else present.push(block);
  }
  return partitions;
}

/** These blocks as one bundle. */
export function bundleOf(blocks: readonly Block[]): Bundle {
  return { blocks, weight: blocks.reduce((sum, block) => sum + block.weight, 0) };
}
