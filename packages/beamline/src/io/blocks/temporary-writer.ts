import { randomBytes } from "node:crypto";
import { BeamlineError } from "../../model/errors.js";
import type { FileWriter } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";
import type { TemporaryFile } from "../text/shard-file.js";

/** In bytes. */
const BEGINNING = 80;

/**
 * A file with a name that nobody knows, opened when its first bytes come. One call at a time, but
 * `abort` may come while another is under way.
 */
export class TemporaryWriter {
  /** Bytes written so far. */
  size = 0;
  private readonly path: string;
  private beginning = "";
  private state: "writing" | "finished" | "aborted" = "writing";
  private opening: Promise<FileWriter> | undefined;
  private writer: FileWriter | undefined;

  constructor(folder: string) {
    this.path = `${folder}/${randomBytes(12).toString("hex")}`;
  }

  /** @param isBody - False for what comes before the records, which files have in common. */
  write(bytes: Uint8Array, isBody = true): Promise<void> | undefined {
    const wanted = BEGINNING - this.beginning.length;
    if (isBody && wanted > 0) {
      this.beginning += Buffer.from(bytes.subarray(0, wanted)).toString("latin1");
    }
    this.size += bytes.length;
    return this.writer === undefined ? this.openAndWrite(bytes) : this.writer.write(bytes);
  }

  /** @param head - Bytes before the records. */
  async finish(head: number): Promise<TemporaryFile> {
    const writer = await this.open();
    await writer.close();
    this.state = "finished";
    const { path, size, beginning } = this;
    return { path, size, body: size - head, head, beginning };
  }

  /** Leaves nothing behind. Does nothing to a finished file. */
  async abort(): Promise<void> {
    if (this.state === "finished") return;
    this.state = "aborted";
    // What fails to open leaves nothing either.
    const writer = await this.opening?.catch(() => undefined);
    await writer?.abort();
  }

  private async openAndWrite(bytes: Uint8Array): Promise<void> {
    this.writer = await this.open();
    await this.writer.write(bytes);
  }

  private open(): Promise<FileWriter> {
    if (this.state === "aborted") {
      throw new BeamlineError(
        "CANCELLED",
        `Cannot write "${this.path}": its bundle was given up; run the job again`,
      );
    }
    this.opening ??= locate(this.path).then(({ fileSystem, path }) => fileSystem.create(path));
    return this.opening;
  }
}
