import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Descriptor, type Document, descriptorOf } from "./descriptor.js";
import { mediaTypes } from "./media-types.js";
import type { BlobSource } from "./repository.js";

/** Everything that makes up an image. */
export interface ImageContents {
  readonly blobs: readonly BlobSource[];
  readonly documents: readonly Document[];
  readonly index: Document;
  /** The image's name, as `org.opencontainers.image.ref.name`. */
  readonly name: string;
}

/**
 * Writes an OCI image layout, which skopeo, crane and containerd read. Blobs that are in the folder
 * already stay; `index.json` comes last, so a folder with one is whole.
 */
export async function writeLayout(
  { blobs, documents, index, name }: ImageContents,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const place = join(folder, "blobs", "sha256");
  await mkdir(place, { recursive: true });
  for (const { descriptor, open } of blobs) await put(place, descriptor, open(), signal);
  for (const document of [...documents, index]) {
    await put(place, document, [document.bytes], signal);
  }
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const annotations = { "org.opencontainers.image.ref.name": name };
  const top = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ ...descriptorOf(index), annotations }],
  };
  await writeFile(join(folder, "index.json"), JSON.stringify(top));
}

async function put(
  place: string,
  { digest, size }: Descriptor,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = join(place, digest.replace("sha256:", ""));
  const there = await stat(path).catch(() => undefined);
  if (there?.size === size) return;
  const draft = `${path}.partial`;
  try {
    await pipeline(content, createWriteStream(draft), signal === undefined ? {} : { signal });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
