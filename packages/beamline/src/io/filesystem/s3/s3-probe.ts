import { randomBytes } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { BeamlineError } from "../../../model/errors.js";
import { MultipartUpload } from "./multipart-upload.js";
import { isNotFound } from "./s3-errors.js";
import { listS3 } from "./s3-list.js";
import { formatS3, type S3Location } from "./s3-path.js";
import type { S3Sdk, S3Store } from "./s3-store.js";

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
  const ask = askAbout(store, probe, signal);
  const checks: Readonly<Record<string, () => Promise<void>>> = {
    "s3:PutObject": async () =>
      (await MultipartUpload.begin(store, probe, "bytes", signal)).abort(),
    "s3:GetObject": () => lookAt(ask),
    "s3:ListBucket": async () => {
      for await (const _ of listS3(store, { bucket, key: folder }, { maxKeys: 1, signal })) return;
    },
    "s3:DeleteObject": () => deleteNothing(ask),
  };
  const denied: string[] = [];
  const problems: unknown[] = [];
  await Promise.all(
    Object.entries(checks).map(([permission, check]) =>
      check().catch((error: unknown) => {
        if (isDenied(error)) denied.push(permission);
        problems.push(error);
      }),
    ),
  );
  signal?.throwIfAborted();
  const path = formatS3({ bucket, key });
  const other = problems.find((error) => !isDenied(error));
  if (other !== undefined) throw asWriting(other, path);
  if (denied.length === 0) return;
  throw new BeamlineError(
    "PERMISSION_DENIED",
    `Cannot write "${path}": access is denied for ${denied.sort().join(", ")}; allow it on arn:aws:s3:::${bucket}/${folder}* (s3:ListBucket on arn:aws:s3:::${bucket}) to whom these credentials belong, or use another AWS_PROFILE`,
    { cause: new AggregateError(problems, "several requests were denied") },
  );
}

/** Makes the call that needs a permission. */
type Ask = (permission: string, call: Call) => Promise<void>;
type Call = (
  client: S3Client,
  sdk: S3Sdk,
  probe: { readonly Bucket: string; readonly Key: string },
  options: { readonly abortSignal?: AbortSignal },
) => Promise<unknown>;

function askAbout(store: S3Store, probe: S3Location, signal: AbortSignal | undefined): Ask {
  const target = { Bucket: probe.bucket, Key: probe.key };
  return async (permission, call) => {
    const action = { verb: "write", path: formatS3(probe), permission };
    await store.run(action, signal, (client, sdk, options) => call(client, sdk, target, options));
  };
}

/** 404 is the answer to those who may read: there is nothing there. */
async function lookAt(ask: Ask): Promise<void> {
  try {
    await ask("s3:GetObject", (client, sdk, probe, options) =>
      client.send(new sdk.HeadObjectCommand(probe), options),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * Deletes an object that is not there, on a condition that can't hold: a plain delete would leave a
 * marker in a bucket with versions. Whatever else S3 answers than "denied" says that it is allowed.
 */
async function deleteNothing(ask: Ask): Promise<void> {
  try {
    await ask("s3:DeleteObject", (client, sdk, probe, options) =>
      client.send(new sdk.DeleteObjectCommand({ ...probe, IfMatch: '"none"' }), options),
    );
  } catch (error) {
    if (isDenied(error)) throw error;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof BeamlineError && error.code === "PERMISSION_DENIED";
}

/** The same error about the output instead of the probe. */
function asWriting(error: unknown, path: string): unknown {
  if (!(error instanceof BeamlineError)) return error;
  const message = error.message.replace(/^Cannot \w+ "[^"]*"/, `Cannot write "${path}"`);
  const { code, origin, cause } = error;
  return new BeamlineError(code, message, { origin, cause });
}
