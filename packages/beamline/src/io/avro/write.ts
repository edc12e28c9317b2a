import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { kv } from "../../coders/kv.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { varint } from "../../coders/varint.js";
import { BeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { type RowShape, rowsOf } from "../../schema/rows-of.js";
import { DealRows, WriteRowBundles, WriteRowShards } from "../blocks/write-rows.js";
import { pathOf } from "../filesystem/file-systems.js";
import type { DecimalSize } from "../parquet/decimals.js";
import type { ShardedOutput } from "../text/commit-shards.js";
import { planFixedShards, planShards } from "../text/plan-shards.js";
import type { TemporaryFile } from "../text/shard-file.js";
import { temporaryFolder } from "../text/shard-names.js";
import {
  Commit,
  gather,
  hooksOf,
  requirePrefix,
  requireShards,
  requireSuffix,
} from "../text/write.js";
import type { WrittenShard } from "../text/write-lines.js";
import type { AvroSchema } from "./avro-schema.js";
import { type AvroFormat, avroFiles, avroTools } from "./avro-shard.js";
import { type AvroCompression, codecName } from "./codecs.js";
import { headerOf, markerOf } from "./container.js";
import { avroSchemaOf } from "./fields-of-rows.js";

export interface WriteAvroOptions<T> {
  /** What the records are: a zod object, or the schema made of one. */
  readonly schema?: RowShape<T>;
  /** The Avro schema of the files. Default: made of `schema`; one of the two is needed. */
  readonly avroSchema?: AvroSchema;
  /** Name of the record in a schema that is made. Default: `"Row"`. */
  readonly name?: string;
  /** How blocks are packed. Default: `"deflate"`, which every reader knows. */
  readonly compression?: AvroCompression;
  /** Bytes of a block before it is packed. Default: 65,536. */
  readonly blockSize?: number;
  /**
   * Digits of decimals by field, in a schema that is made: `{ price: { precision: 12, scale: 2 } }`. A
   * value that has more is an error. Default: 38 digits, 9 of them behind the point.
   */
  readonly decimals?: Readonly<Record<string, DecimalSize>>;
  /**
   * Exactly so many files, empty ones among them if need be; every record then goes through a
   * shuffle. Default: as many as the work was cut into, with small ones joined.
   */
  readonly shards?: number;
  /** Ends every file name. Default: `".avro"`. */
  readonly suffix?: string;
}

/**
 * Writes records to the Avro object container files `prefix-00000-of-00003.avro` and so on, and
 * returns the names of these files, which appear all at once, as those of `text.write` do. Needs the
 * package `avsc`.
 *
 * The files' schema is made of the zod object: dates are `timestamp-millis`, decimals `decimal` in
 * bytes, nullable fields unions with null, records maps, objects records. Or it is given, and says
 * by itself how values are encoded: a `Date` as `date`, `timestamp-millis` or `timestamp-micros`.
 *
 * @param prefix - A path or `scheme://` URL up to the shard number. Folders are made.
 *
 * @example
 * ```ts
 * const Total = z.object({ user: z.string(), total: z.number() });
 * totals.apply(avro.write("out/totals", { schema: Total }));
 * ```
 */
export function write<T extends object>(
  prefix: string,
  options: WriteAvroOptions<T>,
): PTransform<PCollection<T>, PCollection<string>> {
  const { shards, suffix = ".avro", compression = "deflate", blockSize = 65_536 } = options;
  requirePrefix("avro.write", prefix);
  requireShards("avro.write", shards);
  requireSuffix("avro.write", suffix);
  requireCodec(compression);
  const schema = schemaOf(options);
  const path = pathOf(prefix);
  const folder = temporaryFolder(path, suffix);
  const marker = markerOf(path, suffix, compression, JSON.stringify(schema));
  const header = headerOf(schema, codecName(compression), marker);
  const output: ShardedOutput = {
    prefix: path,
    suffix,
    format: { folder, header, footer: new Uint8Array(0) },
  };
  const format: AvroFormat = { folder, schema, compression, blockSize, header };
  const hooks = hooksOf(output);
  const coder = options.schema === undefined ? undefined : rowsOf(options.schema).coder;
  return {
    name: "avro.write",
    parameters: { prefix, shards, suffix, compression, blockSize, schema },
    hooks: {
      ...hooks,
      async check() {
        await avroTools(format);
        await hooks.check?.();
      },
    },
    expand: (elements) =>
      (shards === undefined ? bundled(elements, format) : dealt(elements, format, coder, shards))
        .parDo("Commit", () => new Commit(output))
        .withCoder(stringUtf8),
  };
}

function bundled<T>(elements: PCollection<T>, format: AvroFormat) {
  return elements
    .parDo("Write", () => new WriteRowBundles(avroFiles(format)))
    .combineGlobally("Gather", gather<TemporaryFile>())
    .map("Plan", (files) => planShards(files));
}

function dealt<T>(
  elements: PCollection<T>,
  format: AvroFormat,
  coder: Coder<T> = js as unknown as Coder<T>,
  shards: number,
) {
  return elements
    .parDo("Deal", () => new DealRows<T>(shards, coder))
    .withCoder(kv(varint, coder) as unknown as Coder<[number, T]>)
    .groupByKey("Shards")
    .parDo("Write", () => new WriteRowShards(avroFiles(format)))
    .combineGlobally("Gather", gather<WrittenShard>())
    .map("Plan", (files) => planFixedShards(shards, files));
}

function schemaOf<T extends object>(options: WriteAvroOptions<T>): AvroSchema {
  const { avroSchema, schema, name = "Row", decimals = {} } = options;
  if (avroSchema !== undefined) return avroSchema;
  if (schema !== undefined) return avroSchemaOf(rowsOf(schema).rows, name, decimals);
  throw new BeamlineError(
    "NO_SCHEMA",
    "Cannot apply avro.write(): it has neither a schema nor an avroSchema; give one of them",
  );
}

const COMPRESSIONS: readonly unknown[] = ["deflate", "snappy", "zstandard", "none"];

function requireCodec(compression: unknown): void {
  if (COMPRESSIONS.includes(compression)) return;
  throw new BeamlineError(
    "BAD_COMPRESSION",
    `Cannot apply avro.write(): compression is ${JSON.stringify(compression)}; give one of ${COMPRESSIONS.join(", ")}`,
  );
}
