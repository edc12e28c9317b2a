import { openBucket } from "../aws/s3.js";
import type { Storage, StorageFlags } from "./storage.js";

/** The storage of a bucket, over the AWS SDK: heavy, so imported when it is needed. */
export async function openBucketStorage(
  bucket: string,
  { region, awsProfile: profile, s3Endpoint: endpoint }: StorageFlags,
  signal?: AbortSignal,
): Promise<Storage> {
  const opened = await openBucket({ bucket, region, endpoint, profile });
  return {
    bucket,
    head: async (key) => (await opened.head(key, { signal }))?.size,
    get: (key) => opened.get(key, { signal }),
    put: (key, bytes, contentType) => opened.put(key, bytes, { contentType, signal }),
    list: (prefix) => opened.list(prefix, { signal }),
    deleteMany: (keys) => opened.deleteMany(keys, { signal }),
    close: () => opened.close(),
  };
}
