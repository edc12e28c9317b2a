import type { Block } from "../../../engine/block.js";
import type { Timestamp } from "../../../model/time.js";
import type { BundleOutput } from "../bundle-work.js";
import type { PlannedStage } from "../plan.js";
import type { Task } from "./task.js";

/** How far one stage is: what the scheduler asks of bounded and of streaming stages alike. */
export interface StageProgress {
  readonly stage: PlannedStage;
  readonly state: "waiting" | "running" | "done";
  /** No earlier element will come in. */
  readonly inputWatermark: Timestamp;
  /** No earlier element will leave the stage. */
  readonly outputWatermark: Timestamp;
  /** Processing time at which there may be more to do although nothing has come in. */
  readonly nextWake: number | undefined;
  /** Takes in what other stages have written to the stage's dataset. */
  offer(blocks: readonly Block[]): void;
  /**
   * The bundles that can run now.
   *
   * @param upstream - The lowest output watermark of the stages that write its input.
   * @param now - Processing time.
   * @param isReady - Whether the side inputs that a block needs are there.
   */
  take(upstream: Timestamp, now: number, isReady: (block: Block) => boolean): Task[];
  /** A bundle has given these blocks away: the bundle that they are now. */
  split(task: Task, residual: readonly Block[]): Task;
  commit(task: Task, output: BundleOutput, now: number): void;
}
