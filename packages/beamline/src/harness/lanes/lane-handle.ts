import type { FromLane, ToLane } from "../bundle/messages.js";

/** The harness's end of a lane, wherever it runs. */
export interface LaneHandle {
  /** Posts a message; the memory in `transfer` moves with it. */
  post(message: ToLane, transfer?: readonly ArrayBuffer[]): void;
  /** Ends the lane once its bundles are done or cancelled. */
  close(): Promise<void>;
}

export interface LaneListener {
  message(message: FromLane): void;
  /** The lane ended by itself, with all that it was doing. */
  died(cause: Error): void;
}

export type OpenLane = (listener: LaneListener) => LaneHandle;
