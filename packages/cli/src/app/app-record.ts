import { type DeployRecord, parseRecord } from "../deploy/record.js";
import type { Cli } from "../terminal/cli.js";
import type { App, SparkApplicationObject } from "./spark-application.js";
import { type Storage, type StorageFlags, s3Place } from "./storage.js";

/** Buckets, each opened once. Whoever makes it closes it. */
export interface Buckets {
  (bucket: string): Promise<Storage>;
  close(): Promise<void>;
}

/** Opens buckets where the flags, the environment or the application itself say that S3 is. */
export function openBuckets(
  flags: StorageFlags,
  { env }: Pick<Cli, "env">,
  object: SparkApplicationObject | undefined,
  signal?: AbortSignal,
): Buckets {
  const open = new Map<string, Promise<Storage>>();
  const spark = object?.spec?.hadoopConf ?? {};
  const region =
    flags.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? spark["fs.s3a.endpoint.region"];
  const buckets = (bucket: string): Promise<Storage> => {
    const known = open.get(bucket) ?? openStorage(bucket, { ...flags, region }, signal);
    open.set(bucket, known);
    return known;
  };
  return Object.assign(buckets, {
    async close() {
      for (const storage of open.values()) (await storage).close();
    },
  });
}

/** The record of an application's deploy; undefined when it has none, or it is gone. */
export async function recordOf(
  { record }: Pick<App, "record">,
  open: (bucket: string) => Promise<Storage>,
): Promise<DeployRecord | undefined> {
  return record === undefined ? undefined : await readRecord(record, open);
}

/** The record at an `s3://` URL; undefined when there is none. */
export async function readRecord(
  url: string,
  open: (bucket: string) => Promise<Storage>,
): Promise<DeployRecord | undefined> {
  const place = s3Place(url);
  if (place === undefined) return undefined;
  const bytes = await (await open(place.bucket)).get(place.key);
  return bytes === undefined ? undefined : parseRecord(new TextDecoder().decode(bytes));
}

/** The AWS SDK is heavy, so it is imported when it is needed. */
async function openStorage(
  bucket: string,
  flags: StorageFlags,
  signal: AbortSignal | undefined,
): Promise<Storage> {
  const { openBucketStorage } = await import("./bucket-storage.js");
  return await openBucketStorage(bucket, flags, signal);
}
