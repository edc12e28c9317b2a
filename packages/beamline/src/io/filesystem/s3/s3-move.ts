import type { FileInfo, FileOptions, PendingMove } from "../file-system.js";
import { inParallel } from "../in-parallel.js";
import { copySource, MultipartUpload } from "./multipart-upload.js";
import { formatS3, parseS3Path, type S3Location } from "./s3-path.js";
import type { S3Store } from "./s3-store.js";

const MIB = 1 << 20;
/** One copy request, and so one that shows its result, takes no longer than this one does. */
const SMALL = 8 * MIB;
const PART = 64 * MIB;
const MOST_PARTS = 10_000;
const COPIES_AT_ONCE = 8;

/**
 * S3 has no rename: an object takes another key by being copied inside S3, at some hundred MB/s.
 * Large ones are copied into a multipart upload first, which stays invisible; completing it takes
 * no time. So all shards of an output can be made ready, and then shown in one go.
 */
export async function prepareS3Move(
  store: S3Store,
  { path, size, version }: FileInfo,
  to: string,
  { signal }: FileOptions,
): Promise<PendingMove> {
  const [from, target] = [parseS3Path(path), parseS3Path(to)];
  if (size <= SMALL) {
    return { complete: () => copyWhole(store, from, target, signal), async abandon() {} };
  }
  const upload = await MultipartUpload.begin(store, target, "copies", signal);
  try {
    const length = Math.max(PART, Math.ceil(size / MOST_PARTS));
    const starts = Array.from({ length: Math.ceil(size / length) }, (_, i) => i * length);
    await inParallel(starts, COPIES_AT_ONCE, (start, i) =>
      upload.copy(i + 1, from, { start, end: Math.min(start + length, size), version }),
    );
  } catch (error) {
    await upload.abort();
    throw error;
  }
  let completed = false;
  return {
    async complete() {
      await upload.complete();
      completed = true;
    },
    async abandon() {
      if (!completed) await upload.abort();
    },
  };
}

async function copyWhole(
  store: S3Store,
  from: S3Location,
  { bucket, key }: S3Location,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = formatS3({ bucket, key });
  const action = { verb: `copy "${formatS3(from)}" to`, path, permission: "s3:PutObject" };
  await store.run(action, signal, (client, sdk, options) =>
    client.send(
      new sdk.CopyObjectCommand({ Bucket: bucket, Key: key, CopySource: copySource(from) }),
      options,
    ),
  );
}
