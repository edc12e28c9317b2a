import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BeamlineError } from "../../../model/errors.js";
import type { FileWriter } from "../file-system.js";
import { fileError } from "./system-errors.js";

/** Writes beside the path under a hidden name of its own, and takes the path when complete. */
export class LocalFileWriter implements FileWriter {
  private readonly path: string;
  private readonly temporary: string;
  private handle: FileHandle | undefined;

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path;
    this.temporary = temporary;
    this.handle = handle;
  }

  static async create(path: string): Promise<LocalFileWriter> {
    const name = `.${basename(path)}.${randomBytes(6).toString("hex")}.partial`;
    const temporary = join(dirname(path), name);
    try {
      return new LocalFileWriter(path, temporary, await openNew(temporary));
    } catch (cause) {
      throw fileError("write", path, cause);
    }
  }

  /** Into the page cache, on this thread: handing the bytes to another one costs more. */
  write(bytes: Uint8Array): undefined {
    const { fd } = this.open();
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (cause) {
      throw fileError("write", this.path, cause);
    }
  }

  async close(): Promise<void> {
    const handle = this.open();
    this.handle = undefined;
    try {
      await handle.close();
      await rename(this.temporary, this.path);
    } catch (cause) {
      await rm(this.temporary, { force: true });
      throw fileError("write", this.path, cause);
    }
  }

  async abort(): Promise<void> {
    const { handle } = this;
    if (handle === undefined) return;
    this.handle = undefined;
    await handle.close();
    await rm(this.temporary, { force: true });
  }

  private open(): FileHandle {
    if (this.handle === undefined) {
      throw new BeamlineError(
        "FILE_CLOSED",
        `Cannot write "${this.path}": it is closed; create it anew`,
      );
    }
    return this.handle;
  }
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, "wx");
  }
}
