import { fstatSync, type Stats } from "node:fs";
import { BeamlineError } from "../../../model/errors.js";

/** A state of a file as text: which file it is, when it was changed last, and its size. */
export function versionOf({ ino, mtimeMs, size }: Pick<Stats, "ino" | "mtimeMs" | "size">): string {
  return `${ino} ${mtimeMs} ${size}`;
}

/** The size that a version has. */
export function sizeOfVersion(version: string): number {
  return partsOf(version).size;
}

/**
 * Throws `FILE_CHANGED` or `FILE_SHRANK` when the open file is not the one that had the version, or
 * has changed by more than that something was appended: what was appended is not read.
 *
 * @returns Whether something was appended.
 */
export function requireVersion(path: string, descriptor: number, version: string): boolean {
  const now = fstatSync(descriptor);
  const { ino, mtimeMs, size } = partsOf(version);
  // Without a look at the inode: some network file systems number their files anew now and then.
  if (now.mtimeMs === mtimeMs && now.size === size) return false;
  if (now.ino !== ino) throw changed(path, "another file was put in its place");
  if (now.size < size) throw shrank(path, now.size, size);
  if (now.size === size) throw changed(path, "it was written to");
  return true;
}

function partsOf(version: string): Pick<Stats, "ino" | "mtimeMs" | "size"> {
  const [ino, mtimeMs, size] = version.split(" ");
  return { ino: Number(ino), mtimeMs: Number(mtimeMs), size: Number(size) };
}

/** A file that grows had begun a line when the job began: nobody can say what that line is. */
export function lastLineIncomplete(path: string): BeamlineError {
  return changed(path, "it was appended to in the middle of a line");
}

/** A file that ends before `expected`. */
export function shrank(path: string, at: number, expected: number): BeamlineError {
  return new BeamlineError(
    "FILE_SHRANK",
    `Cannot read "${path}": it ends at byte ${at}, but had at least ${expected} bytes when the job began; let nobody change the input while the job runs, then run it again`,
  );
}

function changed(path: string, how: string): BeamlineError {
  return new BeamlineError(
    "FILE_CHANGED",
    `Cannot read "${path}": ${how} while the job was reading it; let nobody change the input while the job runs, then run it again`,
  );
}
