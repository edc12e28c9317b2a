import { BeamlineError } from "../model/errors.js";
import { MAX_TIMESTAMP, type Timestamp } from "../model/time.js";
import type { OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";

/** The receiver of a step's output `tag`. */
export function taggedOutput({ outputs, step }: OperatorContext, tag: string): Receive {
  const receive = outputs.get(tag);
  if (receive !== undefined) return receive;
  const declared = [...outputs.keys()].join('", "');
  throw new BeamlineError(
    "UNKNOWN_TAG",
    `Cannot emit to "${tag}" in "${step.name}": its outputs are "${declared}"; name the tag where the DoFn is applied: parDo(make, ["${tag}"])`,
  );
}

/** Refuses what lies before `earliest` by more than `skew`: the watermark may have passed it. */
export function requireTimestamp(
  step: string,
  timestamp: Timestamp,
  earliest: Timestamp,
  skew: number,
): void {
  if (timestamp >= earliest - skew && timestamp <= MAX_TIMESTAMP) return;
  throw new BeamlineError(
    "BAD_OUTPUT_TIMESTAMP",
    `Cannot emit from "${step}" at ${timestamp}: outputs lie at ${earliest} (the timestamp of the element or timer) or later, less an allowed skew of ${skew} ms; emit at a later time, or declare allowedTimestampSkew and allow as much lateness downstream`,
  );
}

export function registerFinalizer(
  { step, options }: OperatorContext,
  isDeclared: boolean,
  callback: () => void | Promise<void>,
): void {
  if (!isDeclared) {
    throw new BeamlineError(
      "FINALIZATION_NOT_DECLARED",
      `Cannot call afterCommit() in "${step.name}": the DoFn does not say that it does; declare \`readonly finalizesBundles = true\` in its class`,
    );
  }
  options.onFinalize?.(callback);
}
