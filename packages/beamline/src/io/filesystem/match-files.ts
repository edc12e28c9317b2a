import { BeamlineError } from "../../model/errors.js";
import type { FileInfo, FileOptions, FileSystem } from "./file-system.js";
import { locate } from "./file-systems.js";

/**
 * The files that paths and globs stand for, each once, sorted by path. Throws when any of them
 * stands for none, or names a folder: one error that names them all.
 */
export async function matchFiles(
  patterns: readonly string[],
  options: FileOptions = {},
): Promise<FileInfo[]> {
  return sortedFiles(await matchAll(patterns, options));
}

/** {@link matchFiles}, which throws unless every file can be read. */
export async function requireInput(patterns: readonly string[]): Promise<FileInfo[]> {
  const found = await matchAll(patterns, {});
  const problems: unknown[] = [];
  for (const [fileSystem, files] of found) {
    problems.push(...(await fileSystem.unreadable([...files.values()])));
  }
  throwAll(problems);
  return sortedFiles(found);
}

/** Files by path, of each file system. */
type Found = Map<FileSystem, Map<string, FileInfo>>;

async function matchAll(patterns: readonly string[], options: FileOptions): Promise<Found> {
  const found: Found = new Map();
  const problems: unknown[] = [];
  for (const pattern of patterns) {
    try {
      await matchOne(pattern, found, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      problems.push(error);
    }
  }
  throwAll(problems);
  return found;
}

function sortedFiles(found: Found): FileInfo[] {
  return [...found.values()]
    .flatMap((files) => [...files.values()])
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function matchOne(pattern: string, found: Found, options: FileOptions): Promise<void> {
  const { fileSystem, path } = await locate(pattern);
  const files = found.get(fileSystem) ?? new Map<string, FileInfo>();
  found.set(fileSystem, files);
  let any = false;
  for await (const file of fileSystem.match(path, options)) {
    any = true;
    files.set(file.path, file);
  }
  if (!any) throw await noMatch(fileSystem, pattern, path);
}

async function noMatch(fileSystem: FileSystem, pattern: string, path: string): Promise<unknown> {
  try {
    // Says it best: a folder, a folder without access, nothing there.
    await fileSystem.requireReadable(path);
  } catch (error) {
    if (!(error instanceof BeamlineError) || error.code !== "FILE_NOT_FOUND") return error;
  }
  return new BeamlineError(
    "FILE_NOT_FOUND",
    `Cannot read "${pattern}": no file matches; check the path${hintOf(pattern)}`,
  );
}

function hintOf(pattern: string): string {
  const relative = !pattern.startsWith("/") && !pattern.includes("://");
  return relative ? ` (it is taken from the folder "${process.cwd()}")` : "";
}

const MOST_SHOWN = 10;

/** Throws the only error as it is, and several as one that lists them. */
export function throwAll(problems: readonly unknown[]): void {
  const [first] = problems;
  if (first === undefined) return;
  if (problems.length === 1 || !problems.every((problem) => problem instanceof BeamlineError)) {
    throw first;
  }
  const messages = problems.slice(0, MOST_SHOWN).map((problem) => problem.message);
  const more = problems.length - messages.length;
  if (more > 0) messages.push(`and ${more} more`);
  const [{ code } = { code: "INPUT_FAILED" }] = problems;
  throw new BeamlineError(
    problems.every((problem) => problem.code === code) ? code : "INPUT_FAILED",
    `Cannot read the input: ${problems.length} parts of it failed; mend these first:\n  ${messages.join("\n  ")}`,
    { cause: new AggregateError(problems, "Several inputs failed") },
  );
}
