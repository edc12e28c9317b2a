import { BeamlineError } from "../../../model/errors.js";

interface Explanation {
  readonly code: string;
  readonly state: string;
  readonly next: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: {
    code: "FILE_NOT_FOUND",
    state: "there is no such file",
    next: "check the path",
  },
  EACCES: {
    code: "PERMISSION_DENIED",
    state: "permission denied",
    next: "give this user access, or use another path",
  },
  EISDIR: {
    code: "IS_A_DIRECTORY",
    state: "it is a directory",
    next: "name a file in it",
  },
  ENOTDIR: {
    code: "NOT_A_DIRECTORY",
    state: "a part of the path is a file and not a directory",
    next: "check the path",
  },
  EROFS: {
    code: "READ_ONLY_FILE_SYSTEM",
    state: "the file system is read-only",
    next: "use a path on another one",
  },
  ENOSPC: {
    code: "DISK_FULL",
    state: "the disk is full",
    next: "free some space, or use a path on another disk",
  },
  EMFILE: {
    code: "TOO_MANY_OPEN_FILES",
    state: "too many files are open",
    next: "raise the limit (ulimit -n), or use fewer workers",
  },
};

const SAME_AS: Readonly<Record<string, string>> = {
  EPERM: "EACCES",
  EDQUOT: "ENOSPC",
  ENFILE: "EMFILE",
};

/** Says what a failed call of `node:fs` means for whoever wants to `action` the file at `path`. */
export function fileError(action: string, path: string, cause: unknown): unknown {
  if (cause instanceof BeamlineError) return cause;
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") {
    return cause;
  }
  return fileErrorOf(cause.code, action, path, cause);
}

/** The same by the name of the system's error, such as `ENOENT`. */
export function fileErrorOf(
  name: string,
  action: string,
  path: string,
  cause?: Error,
): BeamlineError {
  const { code, state, next } = EXPLANATIONS[SAME_AS[name] ?? name] ?? {
    code: "FILE_FAILED",
    state: cause?.message ?? name,
    next: "check the disk and the path",
  };
  return new BeamlineError(code, `Cannot ${action} "${path}": ${state}; ${next}`, { cause });
}

/** True for the error of a path at which there is nothing. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ENOENT" || error.code === "ENOTDIR";
}
