import { join } from "node:path";
import { packageFolder } from "../bundle/package-of.js";

/** Where the sources of a pipeline probably are: the package that people are in. */
export function sourceRoot(cwd: string): string {
  // Of some file in the folder, which need not be there.
  return packageFolder(join(cwd, "pipeline.ts")) ?? cwd;
}
