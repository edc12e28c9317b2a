import { randomBytes } from "node:crypto";
import { BeamlineError } from "../../model/errors.js";
import type { FileWriter } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";

/** A complete file with a temporary name. */
export interface TemporaryFile {
  readonly path: string;
  /** Bytes in all, and of the lines alone. */
  readonly size: number;
  readonly body: number;
  /** Its first bytes as latin1: gives files an order that does not hang on their random names. */
  readonly beginning: string;
}

export interface ShardFormat {
  readonly folder: string;
  readonly header: Uint8Array;
  readonly footer: Uint8Array;
}

/** Characters that gather before they are written. */
const FLUSH_AT = 128 * 1024;
/** In bytes. */
const BEGINNING = 80;

/**
 * Writes lines into a temporary file, which is opened when the first block is full. One call at a
 * time, but `abort` may come while another is under way.
 */
export class ShardFile {
  private readonly format: ShardFormat;
  private readonly path: string;
  private state: "writing" | "finished" | "aborted" = "writing";
  private opening: Promise<FileWriter> | undefined;
  private writer: FileWriter | undefined;
  private text = "";
  private beginning: string | undefined;
  private body = 0;

  constructor(format: ShardFormat) {
    this.format = format;
    this.path = `${format.folder}/${randomBytes(12).toString("hex")}`;
  }

  /** Adds a line; a promise when the caller should wait before the next. */
  add(line: string): Promise<void> | undefined {
    if (typeof line !== "string") throw notALine(line);
    this.text += line;
    this.text += "\n";
    return this.text.length < FLUSH_AT ? undefined : this.flush();
  }

  async finish(): Promise<TemporaryFile> {
    await this.flush();
    const writer = await this.open();
    await writer.write(this.format.footer);
    await writer.close();
    this.state = "finished";
    const { path, body, beginning = "", format } = this;
    const size = format.header.length + body + format.footer.length;
    return { path, size, body, beginning };
  }

  /** Leaves nothing behind. Does nothing to a finished file. */
  async abort(): Promise<void> {
    if (this.state === "finished") return;
    this.state = "aborted";
    // What fails to open leaves nothing either.
    const writer = await this.opening?.catch(() => undefined);
    await writer?.abort();
  }

  private flush(): Promise<void> | undefined {
    const bytes = Buffer.from(this.text, "utf8");
    this.beginning ??= bytes.toString("latin1", 0, BEGINNING);
    this.text = "";
    this.body += bytes.length;
    return this.writer === undefined ? this.openAndWrite(bytes) : this.writer.write(bytes);
  }

  private async openAndWrite(bytes: Uint8Array): Promise<void> {
    this.writer = await this.open();
    await this.writer.write(this.format.header);
    await this.writer.write(bytes);
  }

  private open(): Promise<FileWriter> {
    if (this.state === "aborted") throw aborted(this.path);
    this.opening ??= locate(this.path).then(({ fileSystem, path }) => fileSystem.create(path));
    return this.opening;
  }
}

function aborted(path: string): BeamlineError {
  return new BeamlineError(
    "CANCELLED",
    `Cannot write "${path}": its bundle was given up; run the job again`,
  );
}

/** An element reached text.write() that is no string. */
export function notALine(value: unknown): BeamlineError {
  return new BeamlineError(
    "NOT_A_STRING",
    `Cannot write an element as a line: it is ${value === null ? "null" : typeof value}, not a string; map() the elements to strings before text.write()`,
  );
}
