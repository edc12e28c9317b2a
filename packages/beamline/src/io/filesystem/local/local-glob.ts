import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Segment } from "../glob.js";
import { statOf } from "./local-stat.js";
import { fileError, isMissing } from "./system-errors.js";

/**
 * Adds the paths below `folder` ("" is the working directory) that `segments` lead to, folders
 * among them. Symbolic links are followed, except by `**`, which could go round in circles.
 */
export async function walk(
  folder: string,
  segments: readonly Segment[],
  found: Set<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    found.add(folder);
    return;
  }
  switch (segment.kind) {
    case "literal": {
      const path = join(folder, segment.text);
      if (rest.length > 0 || statOf(path) !== undefined) await walk(path, rest, found, signal);
      return;
    }
    case "pattern":
      for (const entry of await list(folder)) {
        if (entry.name.startsWith(".") && !segment.hidden) continue;
        if (!segment.test.test(entry.name)) continue;
        if (rest.length === 0) found.add(below(folder, entry.name));
        else if (!entry.isFile()) await walk(below(folder, entry.name), rest, found, signal);
      }
      return;
    case "folders":
      // A pattern that ends in ** means every file below.
      await walk(folder, rest.length > 0 ? rest : [ANY_NAME], found, signal);
      for (const entry of await list(folder)) {
        if (entry.name.startsWith(".") || !entry.isDirectory()) continue;
        await walk(below(folder, entry.name), segments, found, signal);
      }
  }
}

/** As `join` has it, for a name from a listing: which has nothing to normalize, ten thousand times. */
function below(folder: string, name: string): string {
  if (folder === "") return name;
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

const ANY_NAME: Segment = { kind: "pattern", test: /^/, hidden: false, start: "" };

/** The entries of a folder; none when it is not there or no folder. */
async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder === "" ? "." : folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw fileError("list", folder, error);
  }
}
