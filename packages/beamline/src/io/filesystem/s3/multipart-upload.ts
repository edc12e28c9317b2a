import { BeamlineError } from "../../../model/errors.js";
import type { S3Action } from "./s3-errors.js";
import { faultOf } from "./s3-errors.js";
import { formatS3, type S3Location } from "./s3-path.js";
import type { S3Store } from "./s3-store.js";

interface Part {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
}

/** An object that S3 puts together from parts, and shows when it is completed. */
export class MultipartUpload {
  private readonly store: S3Store;
  private readonly location: S3Location;
  private readonly id: string;
  private readonly action: S3Action;
  private readonly signal: AbortSignal | undefined;
  private readonly parts: Part[] = [];

  private constructor(
    store: S3Store,
    location: S3Location,
    id: string,
    signal: AbortSignal | undefined,
  ) {
    this.store = store;
    this.location = location;
    this.id = id;
    this.signal = signal;
    this.action = writing(location);
  }

  /** `from` says where the parts come from: copied ones have the checksums that S3 gives them. */
  static async begin(
    store: S3Store,
    location: S3Location,
    from: "bytes" | "copies",
    signal?: AbortSignal,
  ): Promise<MultipartUpload> {
    const { bucket: Bucket, key: Key } = location;
    const checksums = from === "bytes" ? ({ ChecksumAlgorithm: "CRC32" } as const) : {};
    const { UploadId = "" } = await store.run(writing(location), signal, (client, sdk, options) =>
      client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key, ...checksums }), options),
    );
    return new MultipartUpload(store, location, UploadId, signal);
  }

  /** Numbers begin with 1; all parts but the last have 5 MiB or more. */
  async put(number: number, bytes: Uint8Array): Promise<void> {
    const { ETag, ChecksumCRC32 } = await this.store.run(
      this.action,
      this.signal,
      (client, sdk, options) =>
        client.send(
          new sdk.UploadPartCommand({
            ...this.target,
            PartNumber: number,
            Body: bytes,
            ChecksumAlgorithm: "CRC32",
          }),
          options,
        ),
    );
    this.parts.push({ PartNumber: number, ETag, ChecksumCRC32 });
  }

  /** Takes bytes `[start, end)` of another object; they don't pass through here. */
  async copy(
    number: number,
    from: S3Location,
    {
      start,
      end,
      version,
    }: { readonly start: number; readonly end: number; readonly version?: string | undefined },
  ): Promise<void> {
    const { CopyPartResult } = await this.store.run(
      { ...this.action, permission: "s3:GetObject", path: formatS3(from) },
      this.signal,
      (client, sdk, options) =>
        client.send(
          new sdk.UploadPartCopyCommand({
            ...this.target,
            PartNumber: number,
            CopySource: copySource(from),
            CopySourceRange: `bytes=${start}-${end - 1}`,
            ...(version === undefined ? {} : { CopySourceIfMatch: version }),
          }),
          options,
        ),
    );
    const { ETag, ChecksumCRC32 } = CopyPartResult ?? {};
    this.parts.push({ PartNumber: number, ETag, ChecksumCRC32 });
  }

  async complete(): Promise<void> {
    const parts = this.parts.toSorted((a, b) => a.PartNumber - b.PartNumber);
    try {
      await this.store.run(this.action, this.signal, (client, sdk, options) =>
        client.send(
          new sdk.CompleteMultipartUploadCommand({
            ...this.target,
            MultipartUpload: { Parts: parts },
          }),
          options,
        ),
      );
    } catch (error) {
      // When the answer to the first attempt was lost, the second one finds nothing to complete.
      if (!isGone(error) || !(await this.isShown())) throw error;
    }
  }

  /** Best effort: what stays behind is invisible, and the bucket's lifecycle rule removes it. */
  async abort(): Promise<void> {
    const action = { ...this.action, permission: "s3:AbortMultipartUpload" };
    await this.store
      .run(action, undefined, (client, sdk) =>
        client.send(new sdk.AbortMultipartUploadCommand(this.target)),
      )
      .catch(() => {});
  }

  private async isShown(): Promise<boolean> {
    const { bucket: Bucket, key: Key } = this.location;
    const { ETag = "" } = await this.store.run(
      { ...this.action, permission: "s3:GetObject" },
      this.signal,
      (client, sdk, options) => client.send(new sdk.HeadObjectCommand({ Bucket, Key }), options),
    );
    // The ETag of such an object ends with the number of its parts.
    return ETag.endsWith(`-${this.parts.length}"`);
  }

  private get target() {
    const { bucket: Bucket, key: Key } = this.location;
    return { Bucket, Key, UploadId: this.id };
  }
}

/** `bucket/key` as `CopySource` wants it. */
export function copySource({ bucket, key }: S3Location): string {
  return `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
}

function writing(location: S3Location): S3Action {
  return { verb: "write", path: formatS3(location), permission: "s3:PutObject" };
}

function isGone(error: unknown): boolean {
  return (
    error instanceof BeamlineError &&
    error.cause instanceof Error &&
    faultOf(error.cause).name === "NoSuchUpload"
  );
}
