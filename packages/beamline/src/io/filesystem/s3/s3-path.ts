import { BeamlineError } from "../../../model/errors.js";

/** Where an object is. */
export interface S3Location {
  readonly bucket: string;
  /** Without a leading slash; may be a glob where one is expected. */
  readonly key: string;
}

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/;

/** Reads `s3://bucket/key`. Keys are taken as they are: no percent signs are decoded. */
export function parseS3Path(path: string): S3Location {
  const [, bucket = "", key = ""] = /^s3[an]?:\/\/([^/]*)(?:\/(.*))?$/is.exec(path) ?? [];
  if (!BUCKET.test(bucket)) {
    const state = bucket === "" ? "it names no bucket" : `"${bucket}" is no name of a bucket`;
    throw badPath(path, `${state}; write s3://bucket/key`);
  }
  return { bucket, key };
}

/** Hadoop's `s3a://` and `s3n://` mean the same here; the result always begins with `s3://`. */
export function s3Path(path: string): string {
  const { bucket, key } = parseS3Path(path);
  if (key === "") throw badPath(path, `it is a whole bucket; add a key: s3://${bucket}/key`);
  return `s3://${bucket}/${key}`;
}

export function formatS3({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}

function badPath(path: string, rest: string): BeamlineError {
  return new BeamlineError("BAD_S3_PATH", `Cannot open "${path}": ${rest}`);
}
