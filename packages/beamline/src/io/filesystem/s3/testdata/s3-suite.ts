import { randomBytes } from "node:crypto";
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import type { FileInfo } from "../../file-system.js";
import { openS3 } from "../open-s3.js";
import type { S3FileSystem } from "../s3-file-system.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { type Minio, startMinio } from "./minio.js";

/** A real S3 server with a proxy that can make it fail, and a bucket for each test. */
export class S3Suite {
  private server: Minio | undefined;
  private faults: FaultProxy | undefined;
  private s3: S3FileSystem | undefined;
  bucket = "";

  get minio(): Minio {
    if (this.server === undefined) throw new Error("MinIO has not started");
    return this.server;
  }

  get proxy(): FaultProxy {
    if (this.faults === undefined) throw new Error("the proxy has not started");
    return this.faults;
  }

  /** Goes through the proxy. */
  get files(): S3FileSystem {
    if (this.s3 === undefined) throw new Error("S3 is not open");
    return this.s3;
  }

  /** Goes straight to the server. */
  get client(): S3Client {
    const { endpoint, credentials } = this.minio;
    return new S3Client({ endpoint, credentials, region: "us-east-1", forcePathStyle: true });
  }

  async start(binary: string): Promise<void> {
    this.server = await startMinio(binary);
    this.faults = await startFaultProxy(this.server.endpoint);
    this.s3 = await this.open();
  }

  /** Another client, by way of the proxy. */
  open(config: Parameters<typeof openS3>[0] = {}): Promise<S3FileSystem> {
    const { credentials } = this.minio;
    return openS3({ endpoint: this.proxy.endpoint, credentials, region: "us-east-1", ...config });
  }

  async newBucket(): Promise<void> {
    this.proxy.decide = () => undefined;
    this.bucket = `test-${randomBytes(6).toString("hex")}`;
    await this.client.send(new CreateBucketCommand({ Bucket: this.bucket }));
    this.proxy.seen.length = 0;
  }

  async stop(): Promise<void> {
    await this.faults?.stop();
    await this.server?.stop();
  }

  path(key: string): string {
    return `s3://${this.bucket}/${key}`;
  }

  async put(key: string, content: string | Uint8Array = key): Promise<string> {
    const writer = await this.files.create(this.path(key));
    await writer.write(Buffer.from(content));
    await writer.close();
    return this.path(key);
  }

  async info(path: string): Promise<FileInfo> {
    const info = await this.files.stat(path);
    if (info === undefined) throw new Error(`there is no ${path}`);
    return info;
  }

  async read(path: string, options: Parameters<S3FileSystem["read"]>[2] = {}): Promise<Buffer> {
    const { size } = await this.info(path);
    const blocks: Buffer[] = [];
    for await (const block of this.files.read(path, { start: 0, end: size }, options)) {
      blocks.push(Buffer.from(block));
    }
    return Buffer.concat(blocks);
  }

  /** Keys that a glob matches. */
  async match(glob: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { path } of this.files.match(this.path(glob))) {
      keys.push(path.slice(this.path("").length));
    }
    return keys;
  }

  /** Uploads of a key that were begun and neither completed nor ended. */
  async openUploads(key: string): Promise<number> {
    const list = new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: key });
    return (await this.client.send(list)).Uploads?.length ?? 0;
  }
}
