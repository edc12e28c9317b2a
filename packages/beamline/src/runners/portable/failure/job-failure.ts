import { UserCodeError } from "../../../exec/user-code-error.js";
import { decodeErrorReport, type ErrorReport } from "../../../harness/error-report.js";
import { BeamlineError } from "../../../model/errors.js";
import type { Artifact } from "../artifact.js";
import type { JobMessage } from "../job-message.js";
import { diagnose } from "./known-causes.js";
import type { MessageLog } from "./message-log.js";
import { shortestCause } from "./shortest-cause.js";

/** A job failed for a reason that is not in the user's code. */
export class JobFailedError extends BeamlineError {
  override readonly name = "JobFailedError";
  readonly jobId: string;
  /** Hidden from whoever prints the error as it is. */
  readonly #details: string;

  constructor(jobId: string, message: string, details: string) {
    super("JOB_FAILED", message, { origin: "remote" });
    this.jobId = jobId;
    this.#details = details;
  }

  /** All that the runner said about the job, stack traces and all: for a log file. */
  get details(): string {
    return this.#details;
  }
}

export interface FailedJob {
  readonly jobId: string;
  /** As people call it. */
  readonly runner: string;
  readonly log: MessageLog;
  /** What was staged: its files are shown under their paths here, not under those on a worker. */
  readonly artifacts?: readonly Artifact[];
}

/**
 * Why a job failed, from what the runner said: a `UserCodeError` with the user's own stack where a
 * worker of ours reported one, the worker's own error where something else was wrong with it, else a
 * {@link JobFailedError} with the shortest true cause.
 */
export function jobFailure({ jobId, runner, log, artifacts = [] }: FailedJob): BeamlineError {
  const { messages } = log;
  for (const { text } of messages) {
    const report = decodeErrorReport(text);
    if (report !== undefined) return errorFromReport(atHome(report, artifacts));
  }
  const text = mostTelling(messages);
  if (text === undefined) {
    return new JobFailedError(
      jobId,
      `Cannot finish the job ${jobId}: ${runner} says that it failed, and not why; see the job server's log`,
      log.toString(),
    );
  }
  const { state, advice } = diagnose(shortestCause(text));
  const message = `Cannot finish the job ${jobId}: ${state}; ${advice}`;
  return new JobFailedError(jobId, message, log.toString());
}

/** The error that a worker has reported, as it was there. */
export function errorFromReport(report: ErrorReport): BeamlineError {
  const { transform, element, code, message, origin, stack, reason } = report;
  if (transform === undefined || reason === undefined) {
    const error = new BeamlineError(code, message, { origin });
    error.stack = stackOf(`${error.name}: ${message}`, stack);
    return error;
  }
  const cause = thrownError(code, reason);
  cause.stack = stackOf(reason, stack);
  return new UserCodeError(transform, element, cause);
}

/** The report with the paths that staged files have on this machine, where their source maps are. */
function atHome(report: ErrorReport, artifacts: readonly Artifact[]): ErrorReport {
  let { stack } = report;
  for (const artifact of artifacts) {
    if (!("path" in artifact)) continue;
    const { stagedName, path } = artifact;
    stack = stack.map((frame) => {
      const end = frame.indexOf(`/${stagedName}:`) + stagedName.length + 1;
      const start = frame.lastIndexOf("(", end) + 1;
      return end <= stagedName.length ? frame : frame.slice(0, start) + path + frame.slice(end);
    });
  }
  return { ...report, stack };
}

/** What the user's function threw, as far as it can be told: a class of theirs is lost. */
function thrownError(code: string, reason: string): Error {
  const [, name, message] = /^([A-Z]\w*): (.*)$/s.exec(reason) ?? [];
  if (code !== "USER_CODE_FAILED" || name === undefined || message === undefined) {
    return new BeamlineError(code, reason);
  }
  const error = new Error(message);
  error.name = name;
  return error;
}

function stackOf(head: string, frames: readonly string[]): string {
  return [head, ...frames.map((frame) => `    at ${frame}`)].join("\n");
}

/** A line of a stack trace, in Java or Python. */
const STACK_LINE = /^\s+at \S+\(|^ {2}File "/m;

/**
 * The message with the cause. Runners repeat a failure as it climbs up, wrapped once more: the
 * longest has the whole chain. Java's has it in a message for debugging, and only the innermost
 * exception as an error.
 */
function mostTelling(messages: readonly JobMessage[]): string | undefined {
  const errors = messages.filter(
    ({ level, text }) => text.trim() !== "" && (level === "error" || STACK_LINE.test(text)),
  );
  const longest = errors.reduce<string | undefined>(
    (best, { text }) => (best === undefined || text.length > best.length ? text : best),
    undefined,
  );
  return longest ?? messages.filter(({ level }) => level === "warning").at(-1)?.text;
}
