import { dirname } from "node:path";
import { BeamlineError } from "../../model/errors.js";

/** Says what is wrong with the scratch folder that holds `path`, and what to do. */
export function scratchError(action: string, path: string, cause: unknown): BeamlineError {
  const folder = dirname(path);
  const code = (cause as { code?: unknown } | undefined)?.code;
  const options = { cause };
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new BeamlineError(
        "SCRATCH_FULL",
        `Cannot ${action}: the disk that holds the scratch folder ${folder} is full; free some of it, give --scratch a folder on a larger disk, or give the job more --memory`,
        options,
      );
    case "EFBIG":
      return new BeamlineError(
        "SCRATCH_FULL",
        `Cannot ${action}: files in the scratch folder ${folder} may not be that large; raise the limit (ulimit -f), or give --scratch another folder`,
        options,
      );
    default:
      return new BeamlineError(
        "SCRATCH_FAILED",
        `Cannot ${action}: the scratch folder ${folder} refuses it (${String(code ?? cause)}); give --scratch a folder that can be written to`,
        options,
      );
  }
}
