import { BeamlineError } from "../../model/errors.js";
import type { FileInfo, FileOptions, FileSystem } from "./file-system.js";
import { locate } from "./file-systems.js";
import { inParallel } from "./in-parallel.js";

/**
 * The files that paths and globs stand for, each once, sorted by path. Throws when any of them
 * stands for none, or names a folder: one error that names them all.
 */
export async function matchFiles(
  patterns: readonly string[],
  options: FileOptions = {},
): Promise<FileInfo[]> {
  const found = new Map<string, FileInfo>();
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
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** {@link matchFiles}, which throws unless every file can be read. */
export async function requireInput(patterns: readonly string[]): Promise<FileInfo[]> {
  const byFileSystem = new Map<FileSystem, FileInfo[]>();
  const all = await matchFiles(patterns);
  for (const file of all) {
    const { fileSystem } = await locate(file.path);
    const files = byFileSystem.get(fileSystem);
    if (files === undefined) byFileSystem.set(fileSystem, [file]);
    else files.push(file);
  }
  const problems: unknown[] = [];
  for (const [fileSystem, files] of byFileSystem) {
    await inParallel(fileSystem.sample?.(files) ?? files, CHECKS_AT_ONCE, async ({ path }) => {
      await fileSystem.requireReadable(path).catch((error: unknown) => problems.push(error));
    });
  }
  throwAll(problems);
  return all;
}

const CHECKS_AT_ONCE = 16;

async function matchOne(
  pattern: string,
  found: Map<string, FileInfo>,
  options: FileOptions,
): Promise<void> {
  const { fileSystem, path } = await locate(pattern);
  let any = false;
  for await (const file of fileSystem.match(path, options)) {
    any = true;
    found.set(file.path, file);
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
