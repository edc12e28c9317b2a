import { join } from "node:path";
import { BeamlineError, UserCodeError } from "beamline";
import { decodeErrorReport, type ErrorReport } from "beamline/harness";
import { lastCause } from "./driver-log.js";
import type { DriverStatus } from "./spark-rest.js";

export interface FailedDriver {
  readonly submissionId: string;
  readonly status: DriverStatus;
  /** What it wrote to stderr, if that could be read. */
  readonly log: string | undefined;
  /** Where the pipeline's sources are on this machine. */
  readonly root: string;
}

/** What Java says where Beam's runner meets another Scala than the one that it was compiled for. */
const OTHER_SCALA =
  /(?:NoClassDefFoundError|NoSuchMethodError|ClassNotFoundException)\b[^\n]*\bscala[./]/;

/** Why a driver failed: in the words of the worker that failed, where the driver's log has them. */
export function driverFailure({ submissionId, status, log, root }: FailedDriver): BeamlineError {
  const report = log === undefined ? undefined : decodeErrorReport(log);
  if (report !== undefined) return workerError(report, root);
  const { state, worker, message } = status;
  const where = worker === undefined ? "the worker that ran it" : `the worker ${worker}`;
  const cause = (log === undefined ? undefined : lastCause(log)) ?? message?.split("\n", 1)[0];
  const why = cause === undefined || cause === "" ? "" : ` (${cause})`;
  if (log !== undefined && OTHER_SCALA.test(log)) {
    return new BeamlineError(
      "SPARK_SCALA",
      `Cannot finish the job: its driver ${submissionId} missed a part of Scala 2.12${why}, so that the cluster's Spark is most likely one for Scala 2.13; submit to a Spark 3.5 for Scala 2.12`,
      { origin: "remote" },
    );
  }
  return new BeamlineError(
    "SPARK_DRIVER_FAILED",
    `Cannot finish the job: its driver ${submissionId} ended as ${state}${why}; see its log, ${submissionId}/stderr in the work folder of ${where}`,
    { origin: "remote" },
  );
}

/** A worker's report as the error that it was. */
export function workerError(report: ErrorReport, root: string): BeamlineError {
  const { transform, element, reason, message, code, origin } = report;
  if (transform === undefined || reason === undefined) {
    return new BeamlineError(code, message, { origin });
  }
  const frames = report.stack.map((frame) => `\n    at ${atHome(frame, root)}`);
  const [, name = "Error", words = reason] = /^([A-Z]\w*): (.*)$/s.exec(reason) ?? [];
  const cause = new Error(words);
  cause.name = name;
  cause.stack = reason + frames.join("");
  return new UserCodeError(transform, element, cause);
}

/** A frame in a worker's copy of the pipeline, as a place in the sources that it was made from. */
function atHome(frame: string, root: string): string {
  const [, before, inside] =
    /^(.*\()?[^()]*[\\/]beamline-jobs[\\/][^\\/]+[\\/]beamline[\\/](.*)$/.exec(frame) ?? [];
  return inside === undefined ? frame : `${before ?? ""}${join(root, inside)}`;
}
