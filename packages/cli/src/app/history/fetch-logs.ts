import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Storage, StoredObject } from "../storage.js";

/** Copies event logs from S3 into a folder; returns how many files there are. */
export async function fetchLogs(
  storage: Storage,
  folder: string,
  objects: readonly StoredObject[],
  target: string,
): Promise<number> {
  let count = 0;
  for (const { key, size } of objects) {
    // The mark of the folder itself.
    if (size === 0 || key.endsWith("/")) continue;
    const bytes = await storage.get(key);
    if (bytes === undefined) continue;
    const path = join(
      target,
      ...key
        .slice(folder.length)
        .split("/")
        .map((part) => basename(part)),
    );
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    count++;
  }
  return count;
}
