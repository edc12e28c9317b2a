import { createHash } from "node:crypto";
import { type Descriptor, type Document, digestOf } from "./descriptor.js";
import { manifestTypes } from "./media-types.js";
import type { RegistryClient } from "./registry-client.js";
import { RegistryError, refused, unreachable } from "./registry-error.js";
import { sendStream } from "./upload-stream.js";

/** A blob that can be read as often as it takes. */
export interface BlobSource {
  readonly descriptor: Descriptor;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** How a blob came to be in a repository. */
export type BlobState = "present" | "mounted" | "pushed";

const ATTEMPTS = 4;

/** One repository of a registry. */
export class Repository {
  readonly name: string;
  private readonly client: RegistryClient;
  private readonly scope: string;

  /** @param mountFrom - Another repository of the registry, whose blobs may be taken over. */
  constructor(
    client: RegistryClient,
    name: string,
    { push, mountFrom }: { readonly push: boolean; readonly mountFrom?: string | undefined },
  ) {
    this.client = client;
    this.name = name;
    const own = `repository:${name}:${push ? "pull,push" : "pull"}`;
    this.scope = mountFrom === undefined ? own : `${own} repository:${mountFrom}:pull`;
  }

  get host(): string {
    return this.client.host;
  }

  /** A manifest or index by tag or digest, as it is stored. */
  async manifest(reference: string): Promise<Document> {
    const answer = await this.client.send({
      action: `read the image ${this.label(reference)}`,
      path: this.path(`manifests/${reference}`),
      headers: { accept: manifestTypes.join(", ") },
      scope: this.scope,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const digest = digestOf(bytes);
    if (reference.startsWith("sha256:") && reference !== digest) throw this.damaged(reference);
    const mediaType = answer.headers.get("content-type") ?? mediaTypeIn(bytes);
    return { mediaType, digest, size: bytes.length, bytes };
  }

  /** The digest under a tag or digest; undefined when it is not there. */
  async findManifest(reference: string): Promise<string | undefined> {
    const answer = await this.client.send({
      action: `look for the image ${this.label(reference)}`,
      method: "HEAD",
      path: this.path(`manifests/${reference}`),
      headers: { accept: manifestTypes.join(", ") },
      accept: [404],
      scope: this.scope,
    });
    if (answer.status === 404) return undefined;
    return answer.headers.get("docker-content-digest") ?? reference;
  }

  /** Returns whether the registry keeps track of referrers itself (`OCI-Subject`). */
  async putManifest(document: Document, reference: string): Promise<boolean> {
    const answer = await this.client.send({
      action: `push the image ${this.label(reference)}`,
      method: "PUT",
      path: this.path(`manifests/${reference}`),
      headers: { "content-type": document.mediaType },
      body: document.bytes,
      scope: this.scope,
    });
    return answer.headers.has("oci-subject");
  }

  async hasBlob(digest: string): Promise<boolean> {
    const answer = await this.client.send({
      action: `look for a layer of ${this.label()}`,
      method: "HEAD",
      path: this.path(`blobs/${digest}`),
      accept: [404],
      scope: this.scope,
    });
    return answer.status !== 404;
  }

  /** The bytes of a blob; ends with an error if they are not those of its digest. */
  async *readBlob({ digest }: Descriptor): AsyncGenerator<Uint8Array> {
    const answer = await this.client.send({
      action: `read a layer of ${this.label()}`,
      path: this.path(`blobs/${digest}`),
      scope: this.scope,
    });
    const hash = createHash("sha256");
    for await (const chunk of answer.body ?? []) {
      hash.update(chunk);
      yield chunk;
    }
    if (`sha256:${hash.digest("hex")}` !== digest) throw this.damaged(digest);
  }

  async readDocument(descriptor: Descriptor): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.readBlob(descriptor)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Makes sure that a blob is there, with as little traffic as that takes. */
  async ensureBlob(
    source: BlobSource,
    {
      mountFrom,
      onBytes,
    }: { readonly mountFrom?: string | undefined; readonly onBytes?: (count: number) => void } = {},
  ): Promise<BlobState> {
    const { digest } = source.descriptor;
    if (await this.hasBlob(digest)) return "present";
    const session = await this.beginUpload(
      mountFrom === undefined ? undefined : { digest, from: mountFrom },
    );
    if (session === undefined) return "mounted";
    await this.upload(source, session, onBytes);
    return "pushed";
  }

  /** Throws unless blobs can be pushed. An upload is begun and given up. */
  async requireWritable(): Promise<void> {
    const session = await this.beginUpload(undefined);
    if (session === undefined) return;
    await this.client
      .send({
        action: `push to ${this.label()}`,
        method: "DELETE",
        path: session,
        // Not every registry can; the upload then ends by itself.
        accept: [400, 404, 405, 501],
        scope: this.scope,
      })
      .then((answer) => answer.body?.cancel())
      .catch(() => {});
  }

  /** Where to send a blob; undefined when the registry has taken over one that it has elsewhere. */
  private async beginUpload(
    mount: { readonly digest: string; readonly from: string } | undefined,
  ): Promise<string | undefined> {
    const query =
      mount === undefined
        ? ""
        : `?mount=${encodeURIComponent(mount.digest)}&from=${encodeURIComponent(mount.from)}`;
    const answer = await this.client.send({
      action: `push to ${this.label()}`,
      method: "POST",
      path: this.path(`blobs/uploads/${query}`),
      headers: { "content-length": "0" },
      scope: this.scope,
    });
    await answer.body?.cancel();
    if (answer.status === 201) return undefined;
    return this.locationOf(answer);
  }

  /** One PATCH with all bytes, and a PUT that closes: what Docker does, so every registry takes it. */
  private async upload(
    { descriptor, open }: BlobSource,
    session: string,
    onBytes: ((count: number) => void) | undefined,
  ): Promise<void> {
    const action = `push a layer to ${this.label()}`;
    const { digest, size } = descriptor;
    for (let attempt = 1, url = session; ; attempt++) {
      const failure = await this.patch(url, action, { size, open }, onBytes);
      if (typeof failure === "string") {
        const closing = new URL(failure);
        closing.searchParams.set("digest", digest);
        const answer = await this.client.send({
          action,
          method: "PUT",
          path: closing.href,
          headers: { "content-length": "0" },
          scope: this.scope,
        });
        await answer.body?.cancel();
        return;
      }
      if (attempt >= ATTEMPTS || !isPassing(failure)) throw failure;
      await this.client.pause(attempt);
      url = (await this.beginUpload(undefined)) ?? url;
    }
  }

  /** Where to close the upload, or why it failed. */
  private async patch(
    url: string,
    action: string,
    { size, open }: { readonly size: number; readonly open: () => AsyncIterable<Uint8Array> },
    onBytes: ((count: number) => void) | undefined,
  ): Promise<string | RegistryError> {
    const { signal } = this.client;
    let answer: Response;
    let sourceFailed: { readonly error: unknown } | undefined;
    const body = counted(open(), onBytes, (error) => {
      sourceFailed = { error };
    });
    try {
      const authorization = await this.client.authorization({ action, scope: this.scope });
      const headers = { "content-type": "application/octet-stream", ...authorization };
      answer = await sendStream({ method: "PATCH", url, headers, size, body, signal });
    } catch (cause) {
      signal?.throwIfAborted();
      if (sourceFailed !== undefined) throw sourceFailed.error;
      return unreachable(action, this.host, cause);
    }
    if (!answer.ok) return refused(action, this.host, answer, true);
    await answer.body?.cancel();
    return this.locationOf(answer);
  }

  private locationOf(answer: Response): string {
    return this.client.url(answer.headers.get("location") ?? "");
  }

  private path(rest: string): string {
    return `/v2/${this.name}/${rest}`;
  }

  private label(reference?: string): string {
    const end = reference === undefined ? "" : `${reference.includes(":") ? "@" : ":"}${reference}`;
    return `${this.host}/${this.name}${end}`;
  }

  private damaged(digest: string): RegistryError {
    return new RegistryError(
      "REGISTRY_FAILED",
      `Cannot read ${this.label(digest)}: its bytes are not those of its digest; try again, and check the registry if it stays so`,
      { remote: true },
    );
  }
}

/** A newer attempt may go through. */
function isPassing({ status }: RegistryError): boolean {
  return status === undefined || status >= 500 || status === 429 || status === 401;
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: ((count: number) => void) | undefined,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) {
      onBytes?.(chunk.length);
      yield chunk;
    }
  } catch (error) {
    onError(error);
    throw error;
  }
}

function mediaTypeIn(bytes: Buffer): string {
  const { mediaType = "" } = JSON.parse(bytes.toString()) as { readonly mediaType?: string };
  return mediaType;
}
