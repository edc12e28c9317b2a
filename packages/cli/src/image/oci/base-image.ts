import { BeamlineError } from "beamline";
import {
  type Descriptor,
  type Document,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  platformName,
} from "./descriptor.js";
import { isIndex, ociLayerType } from "./media-types.js";
import { formatReference, type ImageReference, wanted } from "./reference.js";
import type { Repository } from "./repository.js";

/** The image that ours is built on, for one platform. */
export interface BaseImage {
  /** `linux/amd64`. */
  readonly platform: string;
  readonly digest: string;
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
}

export interface BaseImages {
  /** Of what the name stands for: an index, or a single image. */
  readonly digest: string;
  readonly images: readonly BaseImage[];
}

/**
 * Looks up an image for some platforms.
 *
 * @throws BeamlineError `BASE_LACKS_PLATFORM` with what there is instead.
 */
export async function findBase(
  repository: Repository,
  reference: ImageReference,
  platforms: readonly string[],
): Promise<BaseImages> {
  const top = await repository.manifest(wanted(reference));
  const all = await candidates(repository, top);
  const missing = platforms.filter((platform) => !all.has(platform));
  if (missing.length > 0) {
    const name = formatReference(reference);
    throw new BeamlineError(
      "BASE_LACKS_PLATFORM",
      `Cannot build on ${name} for ${missing.join(", ")}: it is there for ${[...all.keys()].join(", ")} only; choose another --base, or leave out the platform with --platform`,
    );
  }
  const images = platforms.map(async (platform) => {
    const document = await all.get(platform)?.();
    if (document === undefined) throw new Error(`no image for ${platform}`);
    return readImage(repository, platform, document);
  });
  return { digest: top.digest, images: await Promise.all(images) };
}

/** The images by platform; what they are made of is fetched when one is asked for. */
async function candidates(
  repository: Repository,
  top: Document,
): Promise<Map<string, () => Promise<Document>>> {
  if (!isIndex(top.mediaType)) {
    const { config }: ImageManifest = JSON.parse(top.bytes.toString());
    const described: ImageConfig = JSON.parse((await repository.readDocument(config)).toString());
    return new Map([[platformName(described), async () => top]]);
  }
  const { manifests }: ImageIndex = JSON.parse(top.bytes.toString());
  const found = new Map<string, () => Promise<Document>>();
  for (const { digest, platform, mediaType } of manifests) {
    if (isIndex(mediaType)) {
      for (const [name, read] of await candidates(repository, await repository.manifest(digest))) {
        if (!found.has(name)) found.set(name, read);
      }
      continue;
    }
    // Attestations stand there as images of an unknown platform.
    if (platform === undefined || platform.os === "unknown") continue;
    const name = platformName(platform);
    if (!found.has(name)) found.set(name, () => repository.manifest(digest));
  }
  return found;
}

async function readImage(
  repository: Repository,
  platform: string,
  document: Document,
): Promise<BaseImage> {
  const manifest: ImageManifest = JSON.parse(document.bytes.toString());
  const config: ImageConfig = JSON.parse(
    (await repository.readDocument(manifest.config)).toString(),
  );
  const layers = manifest.layers.map(({ mediaType, digest, size }) => ({
    mediaType: ociLayerType(mediaType),
    digest,
    size,
  }));
  return { platform, digest: document.digest, config, layers };
}

/** The platforms that an image is there for, such as `linux/amd64`. */
export async function platformsOf(
  repository: Repository,
  reference: ImageReference,
): Promise<readonly string[]> {
  const top = await repository.manifest(wanted(reference));
  return [...(await candidates(repository, top)).keys()];
}
