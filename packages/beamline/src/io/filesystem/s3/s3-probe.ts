import { randomBytes } from "node:crypto";
import { BeamlineError } from "../../../model/errors.js";
import { MultipartUpload } from "./multipart-upload.js";
import { isNotFound } from "./s3-errors.js";
import { listS3 } from "./s3-list.js";
import { formatS3, type S3Location } from "./s3-path.js";
import type { S3Store } from "./s3-store.js";

/**
 * Throws unless objects can be written below a prefix, and read, listed and deleted there, as it
 * takes to complete an output: one error that names every permission that is missing. Leaves
 * nothing behind: an upload that is begun and ended shows no object.
 */
export async function requireS3Writable(
  store: S3Store,
  { bucket, key }: S3Location,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  const probe = { bucket, key: `${folder}.beamline-probe-${randomBytes(6).toString("hex")}` };
  const checks: Readonly<Record<string, () => Promise<void>>> = {
    "s3:PutObject": async () =>
      (await MultipartUpload.begin(store, probe, "bytes", signal)).abort(),
    "s3:GetObject": () => lookAt(store, probe, signal),
    "s3:ListBucket": async () => {
      for await (const _ of listS3(store, { bucket, key: folder }, { maxKeys: 1, signal })) return;
    },
    "s3:DeleteObject": () => deleteNothing(store, probe, signal),
  };
  const denied: string[] = [];
  const problems: unknown[] = [];
  await Promise.all(
    Object.entries(checks).map(([permission, check]) =>
      check().catch((error: unknown) => {
        if (error instanceof BeamlineError && error.code === "PERMISSION_DENIED") {
          denied.push(permission);
        }
        problems.push(error);
      }),
    ),
  );
  signal?.throwIfAborted();
  const path = formatS3({ bucket, key });
  const other = problems.find(
    (error) => !(error instanceof BeamlineError && error.code === "PERMISSION_DENIED"),
  );
  if (other !== undefined) throw asWriting(other, path);
  if (denied.length === 0) return;
  throw new BeamlineError(
    "PERMISSION_DENIED",
    `Cannot write "${path}": access is denied for ${denied.sort().join(", ")}; allow it on arn:aws:s3:::${bucket}/${folder}* (s3:ListBucket on arn:aws:s3:::${bucket}) to whom these credentials belong, or use another AWS_PROFILE`,
    { cause: new AggregateError(problems, "several requests were denied") },
  );
}

/** 404 is the answer to those who may read: there is nothing there. */
async function lookAt(
  store: S3Store,
  { bucket: Bucket, key: Key }: S3Location,
  signal: AbortSignal | undefined,
): Promise<void> {
  const action = {
    verb: "write",
    path: formatS3({ bucket: Bucket, key: Key }),
    permission: "s3:GetObject",
  };
  try {
    await store.run(action, signal, (client, sdk, options) =>
      client.send(new sdk.HeadObjectCommand({ Bucket, Key }), options),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * Deletes an object that is not there, on a condition that can't hold: a plain delete would leave a
 * marker in a bucket with versions. Whatever else S3 answers than "denied" says that it is allowed.
 */
async function deleteNothing(
  store: S3Store,
  { bucket: Bucket, key: Key }: S3Location,
  signal: AbortSignal | undefined,
): Promise<void> {
  const action = {
    verb: "write",
    path: formatS3({ bucket: Bucket, key: Key }),
    permission: "s3:DeleteObject",
  };
  try {
    await store.run(action, signal, (client, sdk, options) =>
      client.send(new sdk.DeleteObjectCommand({ Bucket, Key, IfMatch: '"none"' }), options),
    );
  } catch (error) {
    if (error instanceof BeamlineError && error.code === "PERMISSION_DENIED") throw error;
  }
}

/** The same error about the output instead of the probe. */
function asWriting(error: unknown, path: string): unknown {
  if (!(error instanceof BeamlineError)) return error;
  const message = error.message.replace(/^Cannot \w+ "[^"]*"/, `Cannot write "${path}"`);
  const { code, origin, cause } = error;
  return new BeamlineError(code, message, { origin, cause });
}
