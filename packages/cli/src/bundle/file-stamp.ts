import { readFileSync, statSync } from "node:fs";
import { sha256 } from "./sources-plugin.js";

/** What a file was when it was read. */
export interface FileStamp {
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Moves with every change of contents, also where the modification time is set back. */
  readonly changedMs: number;
  readonly sha256: string;
}

/** A file system's clock may stand still for this long while a file changes twice. */
const CLOCK_STEP_MS = 2000;

/** Takes a file's stamp; `hash` is that of what was read from it, if it was read already. */
export function stampOf(path: string, hash?: string): FileStamp {
  const { size, mtimeMs, ctimeMs } = statSync(path);
  return {
    path,
    size,
    modifiedMs: mtimeMs,
    changedMs: ctimeMs,
    sha256: hash ?? sha256(readFileSync(path)),
  };
}

/**
 * Whether a file still holds what it held when its stamp was taken, `takenMs`. Reads it only when
 * its times and size do not tell.
 */
export function isUnchanged(stamp: FileStamp, takenMs: number): boolean {
  const now = statSync(stamp.path, { throwIfNoEntry: false });
  if (now === undefined || now.size !== stamp.size) return false;
  const sameTimes = now.mtimeMs === stamp.modifiedMs && now.ctimeMs === stamp.changedMs;
  const settled = Math.max(stamp.modifiedMs, stamp.changedMs) < takenMs - CLOCK_STEP_MS;
  return (sameTimes && settled) || sha256(readFileSync(stamp.path)) === stamp.sha256;
}
