import type { FlagValues } from "../command/command.js";
import type { storageFlags } from "./app-flags.js";

/** An object in a bucket. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
}

/** What deploys and the commands on applications do with a bucket. */
export interface Storage {
  readonly bucket: string;
  /** Its size; undefined when there is none. */
  head(key: string): Promise<number | undefined>;
  /** Its bytes; undefined when there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  list(prefix: string): AsyncIterable<StoredObject>;
  deleteMany(keys: readonly string[]): Promise<void>;
  close(): void;
}

/** A place in S3. */
export interface S3Place {
  readonly bucket: string;
  /** Without a slash in front. */
  readonly key: string;
}

/** Reads `s3://bucket/key`, and `s3a://` as Spark writes it; undefined for anything else. */
export function s3Place(url: string): S3Place | undefined {
  const [, bucket, key = ""] = /^s3a?:\/\/([^/]+)\/?(.*)$/s.exec(url) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
}

export type StorageFlags = FlagValues<typeof storageFlags>;
