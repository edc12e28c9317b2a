import type { Type } from "avsc";
import { BeamlineError, isBeamlineError } from "../../model/errors.js";
import { TemporaryWriter } from "../blocks/temporary-writer.js";
import type { TemporaryFile } from "../text/shard-file.js";
import type { OutputFile, OutputFormat } from "../text/write-files.js";
import { AvroNames, type AvroSchema } from "./avro-schema.js";
import { type AvroCompression, type Pack, packerFor } from "./codecs.js";
import { long, MARKER_SIZE } from "./container.js";
import { AvroEncoding, type ToAvro } from "./encode-values.js";
import { openAvro } from "./open-avro.js";
import { exactLong } from "./record-decoder.js";

/** What all files of an output have in common. */
export interface AvroFormat {
  readonly folder: string;
  readonly schema: AvroSchema;
  readonly compression: AvroCompression;
  /** Bytes of a block before it is packed. */
  readonly blockSize: number;
  /** The beginning of every file; its last bytes end each block. */
  readonly header: Buffer;
}

interface Tools {
  readonly fast: Type;
  /** For integers that no number is exact for. */
  readonly exact: () => Type;
  readonly encode: ToAvro;
  readonly pack: Pack;
}

/** Makes the files of an output. */
export function avroFiles(format: AvroFormat): OutputFormat {
  return {
    async open() {
      const tools = await avroTools(format);
      return () => new AvroShard(format, tools);
    },
  };
}

/** Throws when the schema is none, or this process lacks what it needs. */
export async function avroTools({ schema, compression }: AvroFormat): Promise<Tools> {
  const lib = await openAvro("write Avro files");
  const typeWith = (registry: Record<string, Type>) =>
    lib.Type.forSchema(schema as never, { registry, omitRecordMethods: true });
  let exact: Type | undefined;
  try {
    return {
      fast: typeWith({}),
      exact() {
        exact ??= typeWith({ long: exactLong(lib) });
        return exact;
      },
      encode: new AvroEncoding(new AvroNames(schema)).of(schema),
      pack: await packerFor(compression),
    };
  } catch (cause) {
    if (isBeamlineError(cause)) throw cause;
    throw new BeamlineError(
      "BAD_SCHEMA",
      `Cannot write Avro with this schema: ${cause instanceof Error ? cause.message : String(cause)}; mend it`,
      { cause },
    );
  }
}

/** Writes records into a temporary file, one block at a time. */
class AvroShard implements OutputFile {
  private readonly format: AvroFormat;
  private readonly tools: Tools;
  private readonly file: TemporaryWriter;
  private block: Buffer;
  private filled = 0;
  private count = 0;

  constructor(format: AvroFormat, tools: Tools) {
    this.format = format;
    this.tools = tools;
    this.file = new TemporaryWriter(format.folder);
    this.block = Buffer.allocUnsafeSlow(format.blockSize + (format.blockSize >> 1));
  }

  add(row: unknown): Promise<void> | undefined {
    if (typeof row !== "object" || row === null) throw notARecord(row);
    this.put(row);
    this.count++;
    return this.filled >= this.format.blockSize ? this.flush() : undefined;
  }

  async finish(): Promise<TemporaryFile> {
    if (this.count > 0) await this.flush();
    else if (this.file.size === 0) await this.file.write(this.format.header, false);
    return this.file.finish(this.format.header.length);
  }

  abort(): Promise<void> {
    return this.file.abort();
  }

  private put(row: unknown): void {
    const { tools } = this;
    let value: unknown;
    try {
      value = tools.encode(row);
      this.encode(tools.fast, value);
    } catch (cause) {
      if (holdsBigint(value)) this.putExact(value, cause);
      else throw unfit(tools.fast, value, cause);
    }
  }

  private putExact(value: unknown, first: unknown): void {
    const exact = this.tools.exact();
    if (!exact.isValid(value)) throw unfit(exact, value, first);
    this.encode(exact, value);
  }

  private encode(type: Type, value: unknown): void {
    // Negative: by so many bytes it is too short.
    let end = type.encode(value, this.block, this.filled);
    if (end < 0) {
      const larger = Buffer.allocUnsafeSlow((this.block.length - end) * 2);
      this.block.copy(larger, 0, 0, this.filled);
      this.block = larger;
      end = type.encode(value, this.block, this.filled);
    }
    this.filled = end;
  }

  private async flush(): Promise<void> {
    const { file, format, tools } = this;
    if (file.size === 0) await file.write(format.header, false);
    const packed = tools.pack(this.block.subarray(0, this.filled));
    const marker = format.header.subarray(format.header.length - MARKER_SIZE);
    const block = Buffer.concat([long(this.count), long(packed.length), packed, marker]);
    this.filled = 0;
    this.count = 0;
    await file.write(block);
  }
}

function holdsBigint(value: unknown): boolean {
  if (typeof value === "bigint") return true;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return false;
  return Object.values(value).some(holdsBigint);
}

function notARecord(value: unknown): BeamlineError {
  return new BeamlineError(
    "NOT_A_ROW",
    `Cannot write an element to Avro: it is ${value === null ? "null" : typeof value}, not an object; map() the elements to rows before avro.write()`,
  );
}

/** Names the first part that does not fit. */
function unfit(type: Type, value: unknown, cause: unknown): BeamlineError {
  if (isBeamlineError(cause)) {
    return new BeamlineError(cause.code, `Cannot write a record to Avro: ${cause.message}`, {
      cause,
    });
  }
  const problems: string[] = [];
  type.isValid(value, {
    errorHook: (path, found, wanted) => {
      problems.push(
        `"${path.join(".")}" is ${shown(found)}, and the schema has ${wanted.toString()}`,
      );
    },
  });
  return new BeamlineError(
    "CANNOT_ENCODE",
    `Cannot write a record to Avro: ${problems.join("; ") || String(cause)}; check what the transform emits, or mend the schema`,
    { cause },
  );
}

function shown(value: unknown): string {
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? "undefined");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
