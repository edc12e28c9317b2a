import { BeamlineError } from "beamline";

/** What the machine lacks, or what failed on it: nobody's pipeline is to blame. */
export function toolError(code: string, message: string, cause?: unknown): BeamlineError {
  return new BeamlineError(code, message, { origin: "remote", cause });
}
