import {
  type Descriptor,
  type Document,
  descriptorOf,
  digestOf,
  documentOf,
  type ImageIndex,
} from "./descriptor.js";
import { mediaTypes } from "./media-types.js";
import { RegistryError } from "./registry-error.js";
import type { Repository } from "./repository.js";

/**
 * Hangs a document on an image, as its referrer. Registries that keep no lists of those yet get
 * the specification's stand-in: an index under a tag that is named for the image's digest.
 *
 * Returns what was pushed.
 */
export async function attach(
  repository: Repository,
  subject: Document,
  { type, content }: { readonly type: string; readonly content: Buffer },
): Promise<Descriptor[]> {
  const layer = { mediaType: type, digest: digestOf(content), size: content.length };
  const empty = documentOf(mediaTypes.empty, {});
  for (const { descriptor, bytes } of [
    { descriptor: layer, bytes: content },
    { descriptor: empty, bytes: empty.bytes },
  ]) {
    const open = async function* () {
      yield bytes;
    };
    await repository.ensureBlob({ descriptor, open });
  }
  const manifest = documentOf(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: type,
    config: descriptorOf(empty),
    layers: [layer],
    subject: descriptorOf(subject),
  });
  const listed = await repository.putManifest(manifest, manifest.digest);
  if (listed) return [layer, manifest];
  const tag = subject.digest.replace(":", "-");
  const others = await currentReferrers(repository, tag);
  const entry = { ...descriptorOf(manifest), artifactType: type };
  const index = documentOf(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [...others.filter(({ digest }) => digest !== manifest.digest), entry],
  });
  await repository.putManifest(index, tag);
  return [layer, manifest, index];
}

async function currentReferrers(
  repository: Repository,
  tag: string,
): Promise<ImageIndex["manifests"]> {
  try {
    const { bytes } = await repository.manifest(tag);
    const { manifests }: ImageIndex = JSON.parse(bytes.toString());
    return manifests;
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return [];
    throw error;
  }
}
