import { BeamlineError } from "../../model/errors.js";

/** What a caller gets who has cancelled: their own reason where it is an error of ours. */
export function cancelled(reason: unknown): BeamlineError {
  if (reason instanceof BeamlineError) return reason;
  return new BeamlineError("CANCELLED", "Cannot finish the job: it was cancelled; run it again", {
    cause: reason,
  });
}
