import { BeamlineError } from "../../../model/errors.js";
import type { FileWriter } from "../file-system.js";
import { MultipartUpload } from "./multipart-upload.js";
import type { S3Action } from "./s3-errors.js";
import { formatS3, type S3Location } from "./s3-path.js";
import type { S3Store } from "./s3-store.js";

const MIB = 1 << 20;
const FIRST_PART = 8 * MIB;
/** Parts are doubled after each thousand, so that ten thousand of them reach S3's 5 TB. */
const PARTS_OF_A_SIZE = 1000;
const PARTS_AT_ONCE = 4;

/**
 * An object in the making. A small one is put in one request; a large one goes up in parts while it
 * is written. Either way S3 shows it when the last request has succeeded, whole, and not before.
 */
export class S3Writer implements FileWriter {
  private readonly store: S3Store;
  private readonly location: S3Location;
  private readonly action: S3Action;
  private readonly signal: AbortSignal | undefined;
  private state: "writing" | "closed" | "aborted" = "writing";
  private upload: MultipartUpload | undefined;
  private part: Buffer | undefined;
  private filled = 0;
  private parts = 0;
  private readonly uploading = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  constructor(store: S3Store, location: S3Location, signal?: AbortSignal) {
    this.store = store;
    this.location = location;
    this.signal = signal;
    this.action = { verb: "write", path: formatS3(location), permission: "s3:PutObject" };
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    this.requireOpen();
    let rest = this.take(bytes);
    if (rest.length === 0 && this.filled < (this.part?.length ?? 1)) return undefined;
    return (async () => {
      // A part that is full goes on its way; the next one is filled meanwhile.
      while (this.filled > 0 && this.filled === this.part?.length) {
        await this.sendPart();
        rest = this.take(rest);
      }
    })();
  }

  async close(): Promise<void> {
    this.requireOpen();
    if (this.upload === undefined && this.parts === 0) {
      await this.put();
    } else {
      if (this.filled > 0) await this.sendPart();
      await Promise.all(this.uploading);
      this.throwFailure();
      await this.upload?.complete();
    }
    this.state = "closed";
    this.part = undefined;
  }

  async abort(): Promise<void> {
    if (this.state !== "writing") return;
    this.state = "aborted";
    this.part = undefined;
    await Promise.all(this.uploading);
    await this.upload?.abort();
  }

  /** Copies what there is room for; the rest comes back. */
  private take(bytes: Uint8Array): Uint8Array {
    const size = FIRST_PART * 2 ** Math.floor(this.parts / PARTS_OF_A_SIZE);
    this.part ??= Buffer.allocUnsafeSlow(size);
    const count = Math.min(bytes.length, this.part.length - this.filled);
    this.part.set(count === bytes.length ? bytes : bytes.subarray(0, count), this.filled);
    this.filled += count;
    return bytes.subarray(count);
  }

  private async put(): Promise<void> {
    const body = this.part?.subarray(0, this.filled) ?? Buffer.alloc(0);
    const { bucket, key } = this.location;
    await this.store.run(this.action, this.signal, (client, sdk, options) =>
      client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: body }), options),
    );
  }

  private async sendPart(): Promise<void> {
    const bytes = this.part?.subarray(0, this.filled) ?? Buffer.alloc(0);
    this.part = undefined;
    this.filled = 0;
    const number = ++this.parts;
    this.upload ??= await MultipartUpload.begin(this.store, this.location, "bytes", this.signal);
    const { upload } = this;
    const sending = upload.put(number, bytes).catch((error: unknown) => {
      this.failure ??= { error };
    });
    this.uploading.add(sending);
    void sending.then(() => this.uploading.delete(sending));
    while (this.uploading.size >= PARTS_AT_ONCE) await Promise.race(this.uploading);
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private requireOpen(): void {
    this.throwFailure();
    if (this.state === "writing") return;
    throw new BeamlineError(
      "FILE_CLOSED",
      `Cannot write "${this.action.path}": it is closed; create it anew`,
    );
  }
}
