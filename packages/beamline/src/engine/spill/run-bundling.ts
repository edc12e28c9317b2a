import type { Block } from "../block.js";
import { type Bundle, bundleOf, LARGE_BUNDLE, SMALL_BUNDLE } from "../bundling.js";
import { ALL_HASHES, framesOf, type Run, runWithin } from "./run.js";
import { cutBySize, type SizedRange } from "./slice-sizes.js";

export interface RunBundlingOptions {
  /** Bundles that can run at the same time. */
  readonly parallelism: number;
  readonly bundling: "auto" | "smallest" | "largest";
}

/** Bundles a worker has at least, where there is work for as many. */
const ROUNDS = 3;

/** Ranges of hashes, each with the frames that may have some of them. */
export function bundleByHash(blocks: readonly Block[], options: RunBundlingOptions): Bundle[] {
  const runs = blocks.flatMap(({ run }) => run ?? []);
  const target = targetOf(runs, options);
  const ranges = cutBySize(runs, ALL_HASHES, target);
  return largestFirst(ranges, target).map(({ from, to, size }) => {
    const range = { from, to };
    const own = blocks.flatMap((block) => withRun(block, block.run && runWithin(block.run, range)));
    return { blocks: own, weight: size, range };
  });
}

/** Stretches of runs, for elements whose keys do not matter. */
export function bundleByFrames(blocks: readonly Block[], options: RunBundlingOptions): Bundle[] {
  const target = targetOf(
    blocks.flatMap(({ run }) => run ?? []),
    options,
  );
  const bundles: Bundle[] = [];
  let gathered: Block[] = [];
  let weight = 0;
  for (const block of blocks) {
    const { run } = block;
    if (run === undefined) continue;
    const { sizes } = run.frames;
    let first = 0;
    for (const [i, size] of sizes.entries()) {
      weight += size;
      if (weight < target && i + 1 < sizes.length) continue;
      gathered.push(...withRun(block, framesOf(run, first, i + 1)));
      first = i + 1;
      if (weight < target) continue;
      bundles.push(bundleOf(gathered));
      gathered = [];
      weight = 0;
    }
  }
  if (gathered.length > 0) bundles.push(bundleOf(gathered));
  return bundles;
}

function withRun(block: Block, run: Run | undefined): Block[] {
  if (run === undefined) return [];
  return [{ ...block, records: run.records, weight: run.bytes, run }];
}

function targetOf(runs: readonly Run[], { parallelism, bundling }: RunBundlingOptions): number {
  const total = runs.reduce((sum, { bytes }) => sum + bytes, 0);
  switch (bundling) {
    case "smallest":
      return 1;
    case "largest":
      return Infinity;
    case "auto":
      return Math.min(LARGE_BUNDLE, Math.max(SMALL_BUNDLE, total / (parallelism * ROUNDS)));
  }
}

/** A key with very many values is begun first, so that nobody waits for it alone at the end. */
function largestFirst(ranges: readonly SizedRange[], target: number): SizedRange[] {
  const isLarge = ({ size }: SizedRange) => size > 2 * target;
  return [...ranges.filter(isLarge), ...ranges.filter((range) => !isLarge(range))];
}
