import type { S3Client } from "@aws-sdk/client-s3";
import { BeamlineError } from "beamline";
import { AwsError, callAws } from "./aws-error.js";
import { type AwsOptions, clientConfig, until } from "./aws-options.js";

export interface S3Url {
  readonly bucket: string;
  /** Empty for the whole bucket. */
  readonly key: string;
}

/** Reads `s3://bucket/key`. */
export function parseS3Url(url: string): S3Url {
  const [, bucket, key = ""] = /^s3a?:\/\/([A-Za-z0-9._-]{3,63})(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket !== undefined) return { bucket, key };
  throw new BeamlineError(
    "BAD_S3_URL",
    `Cannot read "${url}": it is no S3 URL; write s3://bucket/key`,
  );
}

export interface StoredObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly lastModified: Date;
}

export interface OpenBucket extends AwsOptions {
  readonly bucket: string;
}

/** Opens a bucket; nothing is asked of it yet. Close it in the end. */
export async function openBucket({ bucket, ...options }: OpenBucket): Promise<Bucket> {
  const sdk = await import("@aws-sdk/client-s3");
  const config = { ...clientConfig(options), followRegionRedirects: true };
  const client = new sdk.S3Client(config);
  if (!(await hasOwnEndpoint(client))) return new Bucket(bucket, client, sdk);
  // Other stores than AWS's seldom have a host name for each bucket.
  client.destroy();
  return new Bucket(bucket, new sdk.S3Client({ ...config, forcePathStyle: true }), sdk);
}

/** Whether options, variables or a profile name an endpoint. */
async function hasOwnEndpoint({ config }: S3Client): Promise<boolean> {
  if (config.endpoint !== undefined) return true;
  const { serviceConfiguredEndpoint } = config as {
    readonly serviceConfiguredEndpoint?: () => Promise<string | undefined>;
  };
  return (await serviceConfiguredEndpoint?.()) !== undefined;
}

type S3Sdk = typeof import("@aws-sdk/client-s3");

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One bucket: what a deployment keeps there. Keys have no leading slash. */
export class Bucket {
  readonly name: string;
  private readonly client: S3Client;
  private readonly sdk: S3Sdk;

  constructor(name: string, client: S3Client, sdk: S3Sdk) {
    this.name = name;
    this.client = client;
    this.sdk = sdk;
  }

  /** Undefined when there is no such object. */
  async head(key: string, { signal }: CallOptions = {}): Promise<StoredObject | undefined> {
    try {
      const found = await this.call("look at", key, signal, (options) =>
        this.client.send(new this.sdk.HeadObjectCommand({ Bucket: this.name, Key: key }), options),
      );
      const { ContentLength: size = 0, LastModified: lastModified = new Date(0) } = found;
      return { key, size, lastModified };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Replaces what is there. */
  async put(
    key: string,
    bytes: Uint8Array | string,
    { contentType, signal }: CallOptions & { readonly contentType?: string } = {},
  ): Promise<void> {
    const Body = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    const type = contentType === undefined ? {} : { ContentType: contentType };
    await this.call("write", key, signal, (options) =>
      this.client.send(
        new this.sdk.PutObjectCommand({ Bucket: this.name, Key: key, Body, ...type }),
        options,
      ),
    );
  }

  /** All of an object; undefined when it is not there. */
  async get(key: string, { signal }: CallOptions = {}): Promise<Buffer | undefined> {
    try {
      return await this.call("read", key, signal, async (options) => {
        const command = new this.sdk.GetObjectCommand({ Bucket: this.name, Key: key });
        const { Body } = await this.client.send(command, options);
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The objects whose keys begin with `prefix`, by key. */
  async *list(prefix: string, { signal }: CallOptions = {}): AsyncGenerator<StoredObject> {
    for (let token: string | undefined; ; ) {
      const page = await this.call("list", prefix, signal, (options) =>
        this.client.send(
          new this.sdk.ListObjectsV2Command({
            Bucket: this.name,
            Prefix: prefix,
            ContinuationToken: token,
          }),
          options,
        ),
      );
      for (const { Key, Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, size: Size, lastModified: LastModified };
      }
      token = page.NextContinuationToken;
      if (token === undefined) return;
    }
  }

  /** Fine when some are not there. */
  async deleteMany(keys: readonly string[], { signal }: CallOptions = {}): Promise<void> {
    for (let from = 0; from < keys.length; from += MOST_DELETED) {
      const Objects = keys.slice(from, from + MOST_DELETED).map((Key) => ({ Key }));
      const { Errors: [failed] = [] } = await this.call(
        "delete",
        keys[from] ?? "",
        signal,
        (options) =>
          this.client.send(
            new this.sdk.DeleteObjectsCommand({
              Bucket: this.name,
              Delete: { Objects, Quiet: true },
            }),
            options,
          ),
      );
      if (failed === undefined) continue;
      const { Key = "", Code = "Unknown", Message = Code } = failed;
      const error = Object.assign(new Error(Message), { name: Code });
      await this.call("delete", Key, signal, () => Promise.reject(error));
    }
  }

  close(): void {
    this.client.destroy();
  }

  private call<T>(
    verb: string,
    key: string,
    signal: AbortSignal | undefined,
    call: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return callAws(`${verb} s3://${this.name}/${key}`, () => call(until(signal)), signal);
  }
}

/** In one request of S3's. */
const MOST_DELETED = 1000;

function isMissing(error: unknown): boolean {
  return error instanceof AwsError && (error.fault === "NoSuchKey" || error.fault === "NotFound");
}
