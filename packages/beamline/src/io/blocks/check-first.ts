import type { FileInfo } from "../filesystem/file-system.js";
import { inParallel } from "../filesystem/in-parallel.js";
import { throwAll } from "../filesystem/match-files.js";

/** Files whose beginnings or ends are looked at before the job starts; others are when they are read. */
const MOST_CHECKED = 100;
const CHECKS_AT_ONCE = 8;

/** Checks the first hundred files; what is wrong with any of them is one error. */
export function checkFirst(check: (file: FileInfo) => Promise<void>) {
  return async (files: readonly FileInfo[]): Promise<void> => {
    const problems: unknown[] = [];
    await inParallel(files.slice(0, MOST_CHECKED), CHECKS_AT_ONCE, async (file) => {
      await check(file).catch((error: unknown) => problems.push(error));
    });
    throwAll(problems);
  };
}
