import { relative } from "node:path";

/** A path for people: relative to where they are, unless that is longer. */
export function shortPath(path: string, cwd: string): string {
  const fromHere = relative(cwd, path);
  return fromHere !== "" && fromHere.length < path.length ? fromHere : path;
}
