import type { Block } from "../../engine/block.js";
import type { SpillOrder } from "../../engine/spill/spill-options.js";
import type { SpillingBlocks } from "../../engine/spill/spilling-blocks.js";
import type { SinkPort } from "../../exec/operator.js";

/** A sink that encodes what it receives into blocks, taken when the bundle commits. */
export interface BlockSink extends SinkPort {
  take(): Block[];
  clear(): void;
}

/** Makes the error for a value that does not encode. */
export type Failed = (cause: unknown, value: unknown) => Error;

/** Opens the place where a sink puts what it has too much of. */
export type OpenSpill = (order: SpillOrder) => SpillingBlocks;
