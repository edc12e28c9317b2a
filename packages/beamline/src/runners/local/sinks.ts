import type { Block } from "../../engine/block.js";
import type { SpillingBlocks } from "../../engine/spill/spilling-blocks.js";
import type { StageSink } from "../../exec/stage.js";
import { userCodeError } from "../../exec/user-code-error.js";
import type { BlockSink, Failed, OpenSpill } from "./block-sink.js";
import { listSink, restrictionSink } from "./list-sink.js";
import { pairSink, timedPairSink, windowedPairSink } from "./pair-sinks.js";
import type { Dataset } from "./plan.js";
import type { Bundling } from "./run-options.js";
import { sideSink } from "./side-sink.js";

export interface SinkOptions {
  /** Bundles that can run at the same time. */
  readonly parallelism: number;
  readonly bundling: Bundling;
  /** Default: everything that a bundle makes stays in memory. */
  readonly openSpill?: OpenSpill | undefined;
}

/** Opens the sink of a stage that writes `dataset`. */
export function openBlockSink(sink: StageSink, dataset: Dataset, options: SinkOptions): BlockSink {
  const failed = (cause: unknown, value: unknown) => userCodeError(producerOf(sink), cause, value);
  const { coder } = dataset;
  const partitions = partitionsFor(options);
  switch (dataset.kind) {
    case "groups":
      return groupsSink(dataset, partitions, failed, options.openSpill?.("hash"));
    case "keyed":
      return timedPairSink(coder, partitions, failed, options.openSpill?.("hash"));
    case "elements":
      return options.bundling === "smallest"
        ? blockARecord(listSink(coder, 1, failed))
        : listSink(coder, partitions, failed, options.openSpill);
    case "results":
      return listSink(coder, 1, failed);
    case "sideList":
    case "sideMap":
      return sideSink(dataset, failed, options.openSpill?.("hash"));
    case "restrictions":
      return restrictionSink(coder, failed);
  }
}

function groupsSink(
  { coder, grouping }: Dataset,
  partitions: number,
  failed: Failed,
  spill: SpillingBlocks | undefined,
): BlockSink {
  switch (grouping) {
    case "byWindow":
      return windowedPairSink(coder, partitions, failed, spill);
    case "triggered":
      return timedPairSink(coder, partitions, failed, spill);
    default:
      return pairSink(coder, partitions, failed, spill);
  }
}

/**
 * Enough for the last bundles to even out, and few enough for small jobs. A power of two: the slices
 * of hashes that runs are sorted by lie within partitions then.
 */
function partitionsFor({ parallelism, bundling }: SinkOptions): number {
  return bundling === "smallest" ? A_KEY_EACH : 2 ** Math.ceil(Math.log2(parallelism * 4));
}

/** So many partitions that the keys of a test hardly ever share one. */
const A_KEY_EACH = 1021;

/** Gives each record a block of its own, so that it can be a bundle of its own. */
function blockARecord(sink: BlockSink): BlockSink {
  let blocks: Block[] = [];
  return {
    ...sink,
    text: undefined,
    keyText: undefined,
    receive(value, meta) {
      sink.receive(value, meta);
      for (const block of sink.take()) blocks.push({ ...block, partition: blocks.length });
    },
    take() {
      const taken = blocks;
      blocks = [];
      return taken;
    },
    clear() {
      blocks = [];
      sink.clear();
    },
  };
}

function producerOf({ pcollection }: StageSink): string {
  return pcollection.slice(0, pcollection.lastIndexOf("."));
}
