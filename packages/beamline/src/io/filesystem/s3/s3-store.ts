import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Action } from "./s3-errors.js";
import { s3Error } from "./s3-errors.js";

export type S3Sdk = typeof import("./s3-sdk.js");

/** A client together with the commands it takes; failures of its calls come out in our words. */
export class S3Store {
  readonly client: S3Client;
  readonly sdk: S3Sdk;

  constructor(client: S3Client, sdk: S3Sdk) {
    this.client = client;
    this.sdk = sdk;
  }

  /** Runs a call; an aborted one throws the signal's reason. */
  async run<T>(
    action: S3Action,
    signal: AbortSignal | undefined,
    call: (
      client: S3Client,
      sdk: S3Sdk,
      options: { readonly abortSignal?: AbortSignal },
    ) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await call(this.client, this.sdk, signal === undefined ? {} : { abortSignal: signal });
    } catch (cause) {
      signal?.throwIfAborted();
      throw s3Error(action, cause);
    }
  }
}
