import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { BeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { type RowShape, rowsOf } from "../../schema/rows-of.js";
import { requirePacking } from "../compression/codecs.js";
import { pathOf } from "../filesystem/file-systems.js";
import type { DecimalSize } from "../parquet/decimals.js";
import type { ShardedOutput } from "../text/commit-shards.js";
import { planFixedShards, planShards } from "../text/plan-shards.js";
import { temporaryFolder } from "../text/shard-names.js";
import { Commit, hooksOf, requirePrefix, requireShards, requireSuffix } from "../text/write.js";
import { bundledFiles, Deal, dealtFiles, encodingHash } from "../text/write-files.js";
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
  requirePacking("avro.write", compression, COMPRESSIONS);
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
  const coder = options.schema === undefined ? undefined : rowsOf(options.schema).coder;
  return {
    name: "avro.write",
    parameters: { prefix, shards, suffix, compression, blockSize, schema },
    hooks: hooksOf(output, () => avroTools(format)),
    expand: (elements) =>
      written(elements, format, coder, shards)
        .parDo("Commit", () => new Commit(output))
        .withCoder(stringUtf8),
  };
}

function written<T>(
  elements: PCollection<T>,
  format: AvroFormat,
  coder: Coder<T> = js as unknown as Coder<T>,
  shards: number | undefined,
) {
  const files = avroFiles(format);
  if (shards === undefined)
    return bundledFiles(elements, files).map("Plan", (all) => planShards(all));
  const deal = () => new Deal(shards, encodingHash(coder));
  return dealtFiles(elements, files, coder, deal).map("Plan", (all) =>
    planFixedShards(shards, all),
  );
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

const COMPRESSIONS: readonly AvroCompression[] = ["deflate", "snappy", "zstandard", "none"];
