import { createHash } from "node:crypto";
import { BeamlineError } from "../../model/errors.js";
import type { ReadOptions } from "../filesystem/file-system.js";
import { locate } from "../filesystem/file-systems.js";
import type { AvroSchema } from "./avro-schema.js";

const MAGIC = Buffer.from("Obj\u0001", "latin1");
export const MARKER_SIZE = 16;
/** Read first; most headers are in there. */
const BEGINNING = 64 * 1024;

/** What stands at the beginning of an object container file. */
export interface AvroHeader {
  readonly schema: AvroSchema;
  readonly codec: string;
  readonly marker: Buffer;
  /** Bytes of it: the first block follows. */
  readonly size: number;
}

export interface FileToRead {
  readonly path: string;
  readonly size: number;
  readonly version?: string | undefined;
}

/** Reads the header of a file. Throws `BAD_AVRO` for what is none. */
export async function readHeader(
  { path, size, version }: FileToRead,
  signal?: AbortSignal,
): Promise<AvroHeader> {
  const { fileSystem, path: located } = await locate(path);
  const options: ReadOptions = { version, ...(signal === undefined ? {} : { signal }) };
  for (let length = BEGINNING; ; length *= 8) {
    const end = Math.min(size, length);
    const blocks: Buffer[] = [];
    for await (const block of fileSystem.read(located, { start: 0, end }, options)) {
      blocks.push(Buffer.from(block));
    }
    const header = parsed(path, Buffer.concat(blocks), end === size);
    if (header !== undefined) return header;
  }
}

/** Undefined when more bytes are needed. */
function parsed(path: string, bytes: Buffer, isAll: boolean): AvroHeader | undefined {
  if (!bytes.subarray(0, 4).equals(MAGIC)) {
    throw notAvro(path, "it does not begin as Avro's object container files do");
  }
  const cursor = new Cursor(bytes, 4);
  const meta = new Map<string, Buffer>();
  try {
    for (let count = cursor.long(); count !== 0; count = cursor.long()) {
      // A negative count is followed by the size in bytes.
      if (count < 0) cursor.long();
      for (let i = 0; i < Math.abs(count); i++)
        meta.set(cursor.bytes().toString("utf8"), cursor.bytes());
    }
    const marker = Buffer.from(cursor.take(MARKER_SIZE));
    const schema = JSON.parse(meta.get("avro.schema")?.toString("utf8") ?? "") as AvroSchema;
    const codec = meta.get("avro.codec")?.toString("utf8") ?? "null";
    return { schema, codec, marker, size: cursor.at };
  } catch (cause) {
    if (cause instanceof RangeError) {
      if (!isAll) return undefined;
      throw notAvro(path, "it ends within its header", cause);
    }
    throw notAvro(path, "its header is damaged", cause);
  }
}

/** The header of a file to write. */
export function headerOf(schema: AvroSchema, codec: string, marker: Buffer): Buffer {
  const entries: readonly (readonly [string, string])[] = [
    ["avro.schema", JSON.stringify(schema)],
    ["avro.codec", codec],
  ];
  const parts: Buffer[] = [MAGIC, long(entries.length)];
  for (const text of entries.flat()) {
    const bytes = Buffer.from(text, "utf8");
    parts.push(long(bytes.length), bytes);
  }
  return Buffer.concat([...parts, long(0), marker]);
}

/** What ends each block of an output: the same for all its files, so that they can be joined. */
export function markerOf(...identity: readonly string[]): Buffer {
  const hash = createHash("sha256");
  for (const part of identity) hash.update(`${part.length} ${part}`);
  return hash.digest().subarray(0, MARKER_SIZE);
}

/** A zigzag varint. */
export function long(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Reads a zigzag varint; undefined where the bytes end before it does. */
export function readLong(
  bytes: Uint8Array,
  at: number,
): { value: number; end: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let i = at; i < bytes.length && i < at + 10; i++) {
    const byte = bytes[i] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, end: i + 1 };
    scale *= 0x80;
  }
  return undefined;
}

class Cursor {
  at: number;
  private readonly buffer: Buffer;

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer;
    this.at = at;
  }

  long(): number {
    const read = readLong(this.buffer, this.at);
    if (read === undefined) throw new RangeError("The bytes end");
    this.at = read.end;
    return read.value;
  }

  bytes(): Buffer {
    return this.take(this.long());
  }

  take(length: number): Buffer {
    if (length < 0) throw new Error("A length is negative");
    if (this.at + length > this.buffer.length) throw new RangeError("The bytes end");
    this.at += length;
    return this.buffer.subarray(this.at - length, this.at);
  }
}

export function notAvro(path: string, state: string, cause?: unknown): BeamlineError {
  return new BeamlineError(
    "BAD_AVRO",
    `Cannot read "${path}" as Avro: ${state}; check the file, or leave it out`,
    cause === undefined ? {} : { cause },
  );
}
