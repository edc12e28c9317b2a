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

/** Writes lines into a temporary file. It is opened when the first block is full. */
export class ShardFile {
  private readonly format: ShardFormat;
  private readonly signal: AbortSignal | undefined;
  private readonly path: string;
  private writer: FileWriter | undefined;
  private text = "";
  private beginning: string | undefined;
  private body = 0;

  constructor(format: ShardFormat, signal?: AbortSignal) {
    this.format = format;
    this.signal = signal;
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
    if (this.text !== "" || this.writer === undefined) await this.flush();
    const { path, body, beginning = "", format } = this;
    await this.writer?.write(format.footer);
    await this.writer?.close();
    this.writer = undefined;
    const size = format.header.length + body + format.footer.length;
    return { path, size, body, beginning };
  }

  async abort(): Promise<void> {
    const { writer } = this;
    this.writer = undefined;
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
    const { fileSystem, path } = await locate(this.path);
    const options = this.signal === undefined ? {} : { signal: this.signal };
    this.writer = await fileSystem.create(path, options);
    await this.writer.write(this.format.header);
    await this.writer.write(bytes);
  }
}

function notALine(value: unknown): BeamlineError {
  return new BeamlineError(
    "NOT_A_STRING",
    `Cannot write an element as a line: it is ${value === null ? "null" : typeof value}, not a string; map() the elements to strings before text.write()`,
  );
}
