import { type FileHandle, open } from "node:fs/promises";
import { jarError } from "./jar-error.js";

/** Calls `use` with the open file; whatever fails says that `path` could not be read. */
export async function withFile<Result>(
  path: string,
  use: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  try {
    const file = await open(path, "r");
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw jarError("read", path, error);
  }
}
