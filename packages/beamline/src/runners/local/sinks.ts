import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import type { Block } from "../../engine/block.js";
import { ListWriter } from "../../engine/list-writer.js";
import { ShuffleWriter } from "../../engine/shuffle-writer.js";
import type { SinkPort } from "../../exec/operator.js";
import type { StageSink } from "../../exec/stage.js";
import { userCodeError } from "../../exec/user-code-error.js";
import { internalError } from "../../model/errors.js";
import type { Dataset } from "./plan.js";

/** A sink that encodes what it receives into blocks, taken when the bundle commits. */
export interface BlockSink extends SinkPort {
  take(): Block[];
  clear(): void;
}

/** Opens the sink of a stage that writes `dataset`. */
export function openBlockSink(sink: StageSink, dataset: Dataset, parallelism: number): BlockSink {
  const failed = (cause: unknown, value: unknown) => userCodeError(producerOf(sink), cause, value);
  switch (dataset.kind) {
    case "groups":
      return shuffleSink(dataset.coder, partitionsFor(parallelism), failed);
    case "elements":
      return listSink(dataset.coder, partitionsFor(parallelism), failed);
    case "results":
      return listSink(dataset.coder, 1, failed);
    case "restrictions":
      return restrictionSink(dataset.coder, failed);
  }
}

type Failed = (cause: unknown, value: unknown) => Error;

/** Enough for the last bundles to even out, and few enough for small jobs. */
function partitionsFor(parallelism: number): number {
  return parallelism * 4;
}

function producerOf({ pcollection }: StageSink): string {
  return pcollection.slice(0, pcollection.lastIndexOf("."));
}

function shuffleSink(coder: Coder<unknown>, partitions: number, failed: Failed): BlockSink {
  const [key, value] = coder.components;
  if (key === undefined || value === undefined) throw internalError("A shuffle needs a kv coder");
  const writer = new ShuffleWriter(partitions);
  const { scratch } = writer;
  return {
    receive(pair) {
      try {
        if (!Array.isArray(pair) || pair.length !== 2) throw notAPair();
        key.encode(pair[0], scratch);
        writer.key();
        value.encode(pair[1], scratch);
      } catch (cause) {
        throw failed(cause, pair);
      }
      writer.commit();
    },
    take: () => writer.take(),
    clear: () => writer.clear(),
  };
}

function notAPair(): TypeError {
  return new TypeError("grouping needs [key, value] pairs: call keyBy() first");
}

function listSink(coder: Coder<unknown>, parts: number, failed: Failed): BlockSink {
  const writer = new ListWriter(parts);
  return {
    receive(value) {
      try {
        coder.encode(value, writer.next());
      } catch (cause) {
        throw failed(cause, value);
      }
    },
    take: () => writer.take(),
    clear: () => writer.clear(),
  };
}

/** A block a restriction, as heavy as the work that it stands for. */
function restrictionSink(coder: Coder<unknown>, failed: Failed): BlockSink {
  const scratch = new ByteWriter(256);
  let blocks: Block[] = [];
  return {
    receive(value) {
      scratch.reset();
      try {
        coder.encode(value, scratch);
      } catch (cause) {
        throw failed(cause, value);
      }
      const [, weight] = value as readonly [unknown, number];
      blocks.push({ bytes: scratch.toBytes(), records: 1, weight, partition: blocks.length });
    },
    take() {
      const taken = blocks;
      blocks = [];
      return taken;
    },
    clear() {
      blocks = [];
    },
  };
}
