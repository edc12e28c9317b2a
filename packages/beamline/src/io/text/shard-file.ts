import { randomBytes } from "node:crypto";
import { stringsOf } from "../../bytes/buffer-strings.js";
import { BeamlineError } from "../../model/errors.js";
import type { Codec, Packing } from "../compression/codec.js";
import { packerOf } from "../compression/codecs.js";
import type { FileWriter } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";

/** A complete file with a temporary name. */
export interface TemporaryFile {
  readonly path: string;
  /** Bytes in all, and of the lines alone. */
  readonly size: number;
  readonly body: number;
  /** Bytes before the lines. */
  readonly head: number;
  /** Its first bytes as latin1: gives files an order that does not hang on their random names. */
  readonly beginning: string;
}

export interface ShardFormat {
  readonly folder: string;
  /** First and last bytes of every file, before they are packed. */
  readonly header: Uint8Array;
  readonly footer: Uint8Array;
  /** Default: not packed. */
  readonly compression?: Packing;
}

/** What stands around the lines of a file, packed as the file is. */
export async function packedEnds({
  header,
  footer,
  compression = "none",
}: ShardFormat): Promise<Pick<ShardFormat, "header" | "footer">> {
  const codec = packerOf(compression);
  const pack = async (bytes: Uint8Array) =>
    codec === undefined || bytes.length === 0 ? bytes : codec.pack(bytes);
  return { header: await pack(header), footer: await pack(footer) };
}

/** Bytes that gather before they are written, ... */
const FLUSH_AT = 128 * 1024;
/** ... and before they are packed: what is packed together shares what it repeats. */
const PACK_AT = 1024 * 1024;
/** Characters of lines that gather with others. */
const SHORT = 16 * 1024;
/** A character of a string is up to so many bytes of UTF-8. */
const BYTES_PER_CHARACTER = 3;
const NEWLINE = 10;
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
  private readonly codec: Codec | undefined;
  private readonly flushAt: number;
  /** Lines that have gathered, as bytes: strings would be a tree for the garbage collector. */
  private block: Buffer | undefined;
  private filled = 0;
  private beginning: string | undefined;
  private head = 0;
  private body = 0;
  private foot = 0;

  constructor(format: ShardFormat) {
    this.format = format;
    this.codec = packerOf(format.compression ?? "none");
    this.flushAt = this.codec === undefined ? FLUSH_AT : PACK_AT;
    this.path = `${format.folder}/${randomBytes(12).toString("hex")}`;
  }

  /** Adds a line; a promise when the caller should wait before the next. */
  add(line: string): Promise<void> | undefined {
    if (typeof line !== "string") throw notALine(line);
    if (line.length > SHORT) return this.addLong(line);
    const room = SHORT * BYTES_PER_CHARACTER + 1;
    this.block ??= Buffer.allocUnsafeSlow(this.flushAt + room);
    this.filled += stringsOf(this.block).utf8Write(line, this.filled, room);
    this.block[this.filled++] = NEWLINE;
    return this.filled < this.flushAt ? undefined : this.flush();
  }

  private async addLong(line: string): Promise<void> {
    if (this.filled > 0) await this.flush();
    await this.writeLines(Buffer.from(`${line}\n`, "utf8"));
  }

  async finish(): Promise<TemporaryFile> {
    // A packed file of nothing is not empty.
    if (this.filled > 0 || this.beginning === undefined) await this.flush();
    const writer = await this.open();
    const { footer } = await packedEnds(this.format);
    await writer.write(footer);
    this.foot = footer.length;
    await writer.close();
    this.state = "finished";
    const { path, head, body, foot, beginning = "" } = this;
    return { path, size: head + body + foot, head, body, beginning };
  }

  /** Leaves nothing behind. Does nothing to a finished file. */
  async abort(): Promise<void> {
    if (this.state === "finished") return;
    this.state = "aborted";
    // What fails to open leaves nothing either.
    const writer = await this.opening?.catch(() => undefined);
    await writer?.abort();
  }

  /** Whoever called waits until the block may be filled again. */
  private flush(): Promise<void> | undefined {
    const bytes = this.block?.subarray(0, this.filled) ?? Buffer.alloc(0);
    this.filled = 0;
    return this.writeLines(bytes);
  }

  private writeLines(bytes: Buffer): Promise<void> | undefined {
    this.beginning ??= bytes.toString("latin1", 0, BEGINNING);
    if (this.codec === undefined) return this.write(bytes);
    return this.codec.pack(bytes).then((packed) => this.write(packed));
  }

  private write(bytes: Uint8Array): Promise<void> | undefined {
    this.body += bytes.length;
    return this.writer === undefined ? this.openAndWrite(bytes) : this.writer.write(bytes);
  }

  private async openAndWrite(bytes: Uint8Array): Promise<void> {
    this.writer = await this.open();
    const { header } = await packedEnds(this.format);
    this.head = header.length;
    await this.writer.write(header);
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
