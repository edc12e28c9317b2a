import { JobState_Enum } from "../../proto/gen/job-management/job_pb.js";

/** Where a job is in its life, in Beam's words. */
export type JobState =
  | "unspecified"
  | "stopped"
  | "starting"
  | "running"
  | "done"
  | "failed"
  | "cancelling"
  | "cancelled"
  | "updating"
  | "updated"
  | "draining"
  | "drained";

/** A state that a job never leaves. */
export type FinalJobState = Extract<
  JobState,
  "done" | "failed" | "cancelled" | "updated" | "drained"
>;

const NAMES: ReadonlyMap<number, JobState> = new Map([
  [JobState_Enum.STOPPED, "stopped"],
  [JobState_Enum.STARTING, "starting"],
  [JobState_Enum.RUNNING, "running"],
  [JobState_Enum.DONE, "done"],
  [JobState_Enum.FAILED, "failed"],
  [JobState_Enum.CANCELLING, "cancelling"],
  [JobState_Enum.CANCELLED, "cancelled"],
  [JobState_Enum.UPDATING, "updating"],
  [JobState_Enum.UPDATED, "updated"],
  [JobState_Enum.DRAINING, "draining"],
  [JobState_Enum.DRAINED, "drained"],
]);

/** The state behind a number on the wire; one that we don't know is `unspecified`. */
export function jobStateOf(value: JobState_Enum): JobState {
  return NAMES.get(value) ?? "unspecified";
}

export function isFinal(state: JobState): state is FinalJobState {
  switch (state) {
    case "done":
    case "failed":
    case "cancelled":
    case "updated":
    case "drained":
      return true;
    default:
      return false;
  }
}
