import type { FrameCodec } from "./frame-codec.js";
import type { PageArena } from "./page-arena.js";

/** How one thread may use memory and disk. All sizes are in bytes. */
export interface SpillOptions {
  /** Made when it is first asked for: small jobs never do. */
  readonly arena: PageArena;
  /** Of the arena. A sink hands over what it has of a partition before it is more. */
  readonly pageBytes: number;
  /** The thread, as the arena knows it. */
  readonly owner: number;
  readonly codec: FrameCodec;
  /** What the sinks of a running bundle may hold before the largest writes a run. */
  readonly gatherBytes: number;
  /** What is loaded of runs at once, and where records of close hashes are too many for that. */
  readonly loadBytes: number;
  readonly mostLoadBytes: number;
  readonly frameBytes: number;
  /** A side input that is larger is looked up on disk, with as much memory as this in all threads. */
  readonly sideBytes: number;
  /** What the state of streams may take. */
  readonly stateBytes: number;
  /** What one combine table may take. */
  readonly tableBytes: number;
  /** `true` writes everything to disk, for tests. */
  readonly always: boolean;
  /** A file that does not exist yet, in a folder that does. */
  newPath(): string;
}

/** What records are to be found by: their keys' hashes, or nothing. */
export type SpillOrder = "hash" | "none";
