import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withFileLock } from "./file-lock.js";
import { toolError } from "./tool-error.js";

const RECORD = "files.json";

interface FileRecord {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

export interface StoredFolderOptions {
  /** Where it is, or will be. */
  readonly folder: string;
  /** Puts into an empty folder what shall be kept. */
  readonly fill: (draft: string) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process fills it. */
  readonly onWait?: () => void;
}

/**
 * A folder that is filled once and kept. Its files are compared with what was put there, size and
 * SHA-256; when anything differs the folder is filled anew. It appears complete or not at all.
 */
export async function ensureFolder(options: StoredFolderOptions): Promise<void> {
  const { folder, signal, onWait } = options;
  if (await isIntact(folder)) return;
  const lock = { signal, ...(onWait === undefined ? {} : { onWait }) };
  try {
    await mkdir(dirname(folder), { recursive: true });
    await withFileLock(`${folder}.lock`, lock, async () => {
      // Another process may have filled it while this one waited.
      if (!(await isIntact(folder))) await fillAnew(options);
    });
  } catch (error) {
    throw cacheError(folder, error);
  }
}

async function fillAnew({ folder, fill, signal }: StoredFolderOptions): Promise<void> {
  const draft = beside(folder, "draft");
  try {
    await mkdir(draft);
    await fill(draft);
    signal?.throwIfAborted();
    const records = await recordsOf(draft);
    await writeFile(join(draft, RECORD), JSON.stringify(records, undefined, 2));
    await publish(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The system's refusals get words; all else is as it was. */
function cacheError(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return toolError(
    "CACHE_FAILED",
    `Cannot keep files in "${dirname(folder)}": ${error.message}; free some space or give this ` +
      "user access, or set XDG_CACHE_HOME to another folder",
    error,
  );
}

/** Whether all is there as it was when the folder was filled. */
export async function isIntact(folder: string): Promise<boolean> {
  try {
    const records: readonly FileRecord[] = JSON.parse(await readFile(join(folder, RECORD), "utf8"));
    for (const { path, size } of records) {
      if ((await stat(join(folder, path))).size !== size) return false;
    }
    for (const { path, sha256 } of records) {
      if ((await hashOf(join(folder, path))) !== sha256) return false;
    }
    return true;
  } catch {
    // It is not there, or an interrupted clean-up left a part of it.
    return false;
  }
}

/** A damaged folder goes first; of two processes that publish at once one wins, with equal files. */
async function publish(draft: string, folder: string): Promise<void> {
  const old = beside(folder, "old");
  await rename(folder, old).catch(() => undefined);
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!(await isIntact(folder))) throw error;
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

async function recordsOf(folder: string): Promise<FileRecord[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort();
  const records: FileRecord[] = [];
  for (const path of paths) {
    const { size } = await stat(path);
    records.push({ path: path.slice(folder.length + 1), size, sha256: await hashOf(path) });
  }
  return records;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(block);
  return hash.digest("hex");
}

function beside(folder: string, what: string): string {
  const name = `.${basename(folder)}.${randomBytes(6).toString("hex")}.${what}`;
  return join(dirname(folder), name);
}
