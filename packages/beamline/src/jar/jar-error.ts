import { BeamlineError } from "../model/errors.js";
import { ZipFormatError } from "./read-directory.js";

interface Explanation {
  readonly code: string;
  readonly state: string;
  readonly next: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: {
    code: "FILE_NOT_FOUND",
    state: "there is no such file or folder",
    next: "check the path",
  },
  ENOTDIR: {
    code: "NOT_A_DIRECTORY",
    state: "a part of its path is a file",
    next: "check the path",
  },
  EISDIR: { code: "IS_A_DIRECTORY", state: "it is a folder", next: "name a file in it" },
  EACCES: {
    code: "PERMISSION_DENIED",
    state: "permission denied",
    next: "give this user access, or use another path",
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
};

const SAME_AS: Readonly<Record<string, string>> = { EPERM: "EACCES", EDQUOT: "ENOSPC" };

/** Says what a failure means for whoever wants to `action` ("read", "write") the file at `path`. */
export function jarError(action: string, path: string, cause: unknown): unknown {
  if (cause instanceof ZipFormatError) {
    return new BeamlineError(
      "NOT_A_JAR",
      `Cannot ${action} "${path}": ${cause.message}; make the file anew`,
      { cause },
    );
  }
  const name = systemErrorName(cause);
  if (cause instanceof BeamlineError || name === undefined) return cause;
  const { code, state, next } = EXPLANATIONS[SAME_AS[name] ?? name] ?? {
    code: "FILE_FAILED",
    state: name,
    next: "check the disk and the path",
  };
  return new BeamlineError(code, `Cannot ${action} "${path}": ${state}; ${next}`, { cause });
}

function systemErrorName(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
