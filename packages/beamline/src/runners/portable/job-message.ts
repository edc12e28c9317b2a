import {
  JobMessage_MessageImportance as Importance,
  type JobMessage as JobMessageProto,
} from "../../proto/gen/job-management/job_pb.js";

export type JobMessageLevel = "debug" | "detailed" | "basic" | "warning" | "error";

/** Something that a runner says about a job. */
export interface JobMessage {
  readonly level: JobMessageLevel;
  readonly text: string;
  /** In whatever form the runner likes; often empty. */
  readonly time: string;
  /** Often empty. */
  readonly id: string;
}

export function jobMessageOf(message: JobMessageProto): JobMessage {
  const { messageText, time, messageId, importance } = message;
  return { level: levelOf(importance), text: messageText, time, id: messageId };
}

function levelOf(importance: Importance): JobMessageLevel {
  switch (importance) {
    case Importance.JOB_MESSAGE_DEBUG:
      return "debug";
    case Importance.JOB_MESSAGE_DETAILED:
      return "detailed";
    case Importance.JOB_MESSAGE_WARNING:
      return "warning";
    case Importance.JOB_MESSAGE_ERROR:
      return "error";
    default:
      return "basic";
  }
}
