import type { Coder } from "../../coders/coder.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import type { Compression } from "../compression/codec.js";
import { fileSource } from "../filesystem/file-source.js";
import type { BadRecordOptions, ReadResult } from "./bad-record.js";
import { FAILURES, ReadRecords } from "./read-records.js";
import type { RecordFormat } from "./record-format.js";

/** What all sources of records take. */
export interface ReadRecordsFileOptions extends BadRecordOptions {
  /**
   * Default: `"auto"`, gzip for names that end in `.gz` or `.bgz`, zstd for `.zst` and `.zstd`. A
   * packed file is read by one worker, since it can't be entered in the middle.
   */
  readonly compression?: Compression;
  /** Bytes in a record, at most; a longer one is a bad record. Default: 64 MiB. */
  readonly maxRecordBytes?: number;
}

export const DEFAULT_MAX_RECORD_BYTES = 64 * 1024 * 1024;

export interface RecordSourceSpec<T> {
  readonly format: RecordFormat<T>;
  /** Default: the coder for any JavaScript value. */
  readonly coder: Coder<T> | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Throws when this process lacks what the format needs. */
  readonly check?: () => Promise<unknown>;
}

/** A source that reads the records of files. */
export function recordSource<T, O extends ReadRecordsFileOptions>(
  name: string,
  input: string | readonly string[],
  { compression = "auto", onError = "fail" }: ReadRecordsFileOptions,
  { format, coder, parameters, check }: RecordSourceSpec<T>,
): PTransform<Pipeline, ReadResult<T, O>> {
  const source = fileSource(name, input, {
    compression,
    joins: true,
    parameters: { compression, onError, ...parameters },
    ...(check === undefined ? {} : { check }),
  });
  const withCoder = (rows: PCollection<T>) => (coder === undefined ? rows : rows.withCoder(coder));
  const collects = onError === "collect";
  const make = () => new ReadRecords<T>({ format, compression, collects });
  const expand = (pipeline: Pipeline) => {
    const files = source.expand(pipeline);
    if (!collects) return withCoder(files.parDo("Read", make));
    const { out, [FAILURES]: failures } = files.parDo("Read", make, [FAILURES]);
    return { out: withCoder(out), failures };
  };
  return { ...source, expand: (pipeline) => expand(pipeline) as ReadResult<T, O> };
}
