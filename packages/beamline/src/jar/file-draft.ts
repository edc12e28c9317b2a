import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { jarError } from "./jar-error.js";

/** A file in the making: it lies beside its path and takes the path once it is complete. */
export class FileDraft {
  private readonly path: string;
  private readonly temporary: string;
  private readonly handle: FileHandle;

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path;
    this.temporary = temporary;
    this.handle = handle;
  }

  static async create(path: string): Promise<FileDraft> {
    const name = `.${basename(path)}.${randomBytes(6).toString("hex")}.partial`;
    const temporary = join(dirname(path), name);
    try {
      return new FileDraft(path, temporary, await open(temporary, "wx"));
    } catch (cause) {
      throw jarError("write", path, cause);
    }
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const left = bytes.length - done;
        const { bytesWritten } = await this.handle.write(bytes, done, left, position + done);
        done += bytesWritten;
      }
    } catch (cause) {
      throw jarError("write", this.path, cause);
    }
  }

  /** Replaces what is at the path. */
  async commit(): Promise<void> {
    try {
      await this.handle.close();
      await rename(this.temporary, this.path);
    } catch (cause) {
      await rm(this.temporary, { force: true });
      throw jarError("write", this.path, cause);
    }
  }

  async discard(): Promise<void> {
    await this.handle.close();
    await rm(this.temporary, { force: true });
  }
}
