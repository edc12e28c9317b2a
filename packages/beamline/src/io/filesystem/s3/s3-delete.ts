import { faultOf, s3Error } from "./s3-errors.js";
import { listS3 } from "./s3-list.js";
import { formatS3, parseS3Path, type S3Location } from "./s3-path.js";
import type { S3Store } from "./s3-store.js";

export async function deleteOne(
  store: S3Store,
  location: S3Location,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bucket: Bucket, key: Key } = location;
  const action = { verb: "delete", path: formatS3(location), permission: "s3:DeleteObject" };
  await store.run(action, signal, (client, sdk, options) =>
    client.send(new sdk.DeleteObjectCommand({ Bucket, Key }), options),
  );
}

/** Deletes the objects whose keys begin with `key`, and the parts of uploads that never ended. */
export async function deleteBelow(
  store: S3Store,
  location: S3Location,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const { files } of listS3(store, location, { signal })) {
    const keys = files.map(({ path }) => parseS3Path(path).key);
    if (keys.length > 0) await deleteMany(store, location.bucket, keys, signal);
  }
  await abortUploads(store, location, signal);
}

/** Up to a thousand in one request. */
async function deleteMany(
  store: S3Store,
  bucket: string,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = formatS3({ bucket, key: keys[0] ?? "" });
  const action = { verb: "delete", path, permission: "s3:DeleteObject" };
  const { Errors = [] } = await store.run(action, signal, (client, sdk, options) =>
    client.send(
      new sdk.DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Quiet: true, Objects: keys.map((Key) => ({ Key })) },
      }),
      options,
    ),
  );
  const [failed] = Errors;
  if (failed === undefined) return;
  const { Key = "", Code = "Unknown", Message = Code } = failed;
  const cause = Object.assign(new Error(Message), { name: Code });
  throw s3Error({ ...action, path: formatS3({ bucket, key: Key }) }, cause);
}

/** A worker that was killed leaves parts that nobody sees and that cost money. */
async function abortUploads(
  store: S3Store,
  { bucket: Bucket, key: Prefix }: S3Location,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { client, sdk } = store;
  const options = signal === undefined ? {} : { abortSignal: signal };
  try {
    const list = new sdk.ListMultipartUploadsCommand({ Bucket, Prefix });
    const { Uploads = [] } = await client.send(list, options);
    for (const { Key, UploadId } of Uploads) {
      // Not every store filters as it is asked to.
      if (Key?.startsWith(Prefix) !== true) continue;
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), options);
    }
  } catch (error) {
    signal?.throwIfAborted();
    // Tidiness is no reason to fail where it is not allowed or not offered: lifecycle rules do it, too.
    const status = error instanceof Error ? faultOf(error).status : undefined;
    if (status === undefined || status >= 500) {
      throw s3Error(
        {
          verb: "delete",
          path: formatS3({ bucket: Bucket, key: Prefix }),
          permission: "s3:ListBucketMultipartUploads",
        },
        error,
      );
    }
  }
}
