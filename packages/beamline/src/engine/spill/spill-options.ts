import type { FrameCodec } from "./frame-codec.js";
import type { PageArena } from "./page-arena.js";

/** How much one thread may have of what, in bytes. */
export interface SpillSizes {
  /** Of the arena. A sink hands over what it has of a partition before it is more. */
  readonly pageBytes: number;
  /** What the sinks of a running bundle may hold before the largest writes a run. */
  readonly gatherBytes: number;
  /** What is loaded of runs at once, and where records of close hashes are too many for that. */
  readonly loadBytes: number;
  readonly mostLoadBytes: number;
  /** Pieces of spilled data that are read, and compressed, as one. */
  readonly frameBytes: number;
  /** A side input that is larger is looked up on disk, with as much memory as this in all threads. */
  readonly sideBytes: number;
  /** What it may keep of the state of streams: all of them together, the whole budget. */
  readonly stateBytes: number;
  /** What the combine tables may hold. */
  readonly tableBytes: number;
}

/** How one thread may use memory and disk. */
export interface SpillOptions extends SpillSizes {
  /** Made when it is first asked for: small jobs never do. */
  readonly arena: PageArena;
  /** The thread, as the arena knows it. */
  readonly owner: number;
  readonly codec: FrameCodec;
  /** `true` writes everything to disk, for tests. */
  readonly always: boolean;
  /** A file that does not exist yet, in a folder that does. */
  newPath(): string;
}

/** What records are to be found by: their keys' hashes, or nothing. */
export type SpillOrder = "hash" | "none";
