import type { TimerContext } from "../../fn/state/timer-types.js";
import type { TimerRecord } from "../../model/state-scope.js";
import { MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";
import { OutputContext } from "../step-context.js";

/** The `ctx` of timer callbacks and of onWindowExpiration. */
export class FiringContext
  extends OutputContext
  implements TimerContext<unknown, unknown, Record<string, unknown>>
{
  key: unknown;
  fireTimestamp: Timestamp = MIN_TIMESTAMP;
  tag = "";

  moveTo(key: unknown, { fireTimestamp, tag }: TimerRecord): void {
    this.key = key;
    this.fireTimestamp = fireTimestamp;
    this.tag = tag;
  }
}
