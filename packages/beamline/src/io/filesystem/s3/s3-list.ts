import type { FileInfo } from "../file-system.js";
import { formatS3, type S3Location } from "./s3-path.js";
import type { S3Store } from "./s3-store.js";

export interface S3Page {
  readonly files: readonly FileInfo[];
  /** Of the next level, with their closing slash; none unless asked for by level. */
  readonly folders: readonly string[];
}

export interface ListOptions {
  /** Only what lies directly below the last slash of the prefix. */
  readonly oneLevel?: boolean;
  readonly maxKeys?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The objects whose keys begin with `key`, a page of up to a thousand at a time. */
export async function* listS3(
  store: S3Store,
  { bucket, key }: S3Location,
  { oneLevel = false, maxKeys, signal }: ListOptions = {},
): AsyncGenerator<S3Page> {
  const action = { verb: "list", path: formatS3({ bucket, key }), permission: "s3:ListBucket" };
  for (let token: string | undefined; ; ) {
    const page = await store.run(action, signal, (client, sdk, options) =>
      client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: key,
          ContinuationToken: token,
          ...(oneLevel ? { Delimiter: "/" } : {}),
          ...(maxKeys === undefined ? {} : { MaxKeys: maxKeys }),
        }),
        options,
      ),
    );
    yield {
      files: (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified, ETag }) => ({
        path: formatS3({ bucket, key: Key }),
        size: Size,
        modified: LastModified?.getTime() ?? 0,
        ...(ETag === undefined ? {} : { version: ETag }),
      })),
      folders: (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
    };
    token = page.NextContinuationToken;
    if (token === undefined || page.IsTruncated !== true) return;
  }
}
