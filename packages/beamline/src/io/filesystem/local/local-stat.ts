import { type Stats, statSync } from "node:fs";
import { fileError, isMissing } from "./system-errors.js";

/** What is at a path; undefined when there is nothing. Throws when we may not look. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError("read", path, error);
  }
}
