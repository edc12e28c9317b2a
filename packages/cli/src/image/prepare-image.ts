import { join } from "node:path";
import { inParallel } from "./in-parallel.js";
import { missingAccount } from "./oci/base-account.js";
import { type BaseImage, type BaseImages, findBase } from "./oci/base-image.js";
import type { Descriptor, Document } from "./oci/descriptor.js";
import { imageDocuments, indexDocument } from "./oci/image-documents.js";
import type { LayerStore, StoredLayer } from "./oci/layer-store.js";
import { formatReference } from "./oci/reference.js";
import type { Repository } from "./oci/repository.js";
import { type ImagePlan, imagePaths, SPARK_USER } from "./plan-image.js";
import { sbomOf } from "./sbom.js";

/** A layer of ours, made. */
export interface MadeLayer extends StoredLayer {
  readonly name: string;
  readonly holds: string;
  readonly platform?: string;
}

export interface PreparedImage {
  readonly base: BaseImages;
  readonly layers: readonly MadeLayer[];
  readonly images: readonly PreparedPlatform[];
  /** What the image's name stands for: the images of all platforms. */
  readonly index: Document;
  readonly sbom: string;
}

export interface PreparedPlatform {
  readonly base: BaseImage;
  readonly baseLayers: readonly Descriptor[];
  readonly config: Document;
  readonly manifest: Document;
}

export interface PrepareOptions {
  readonly baseRepository: Repository;
  /** Default: looked up. */
  readonly base?: BaseImages;
  readonly store: LayerStore;
  /** For what was found out about bases. */
  readonly memory: string;
  readonly signal?: AbortSignal | undefined;
}

/** Makes all of an image that is ours, on this machine; nothing is pushed. */
export async function prepareImage(
  plan: ImagePlan,
  { baseRepository, base: known, store, memory, signal }: PrepareOptions,
): Promise<PreparedImage> {
  const base = known ?? (await findBase(baseRepository, plan.base, plan.platforms));
  // Packing is what takes time: one layer a core.
  const planned = await inParallel(plan.layers, 2, async (layer): Promise<MadeLayer> => {
    const { name, holds, platform, content } = layer;
    const stored = await store.layer(content, signal);
    return { name, holds, ...(platform === undefined ? {} : { platform }), ...stored };
  });
  const accounts = await accountLayers(base.images, baseRepository, store, memory);
  const layers = [...accounts, ...planned];
  const annotations = {
    ...plan.changes.annotations,
    "org.opencontainers.image.base.name": formatReference(plan.base),
    "org.opencontainers.image.base.digest": base.digest,
  };
  const images = base.images.map((image): PreparedPlatform => {
    const own = layers.filter(
      ({ platform }) => platform === undefined || platform === image.platform,
    );
    const changes = { ...plan.changes, labels: annotations, annotations };
    return { base: image, baseLayers: image.layers, ...imageDocuments(image, own, changes) };
  });
  const index = indexDocument(images, annotations);
  const created = createdOf(base.images);
  const sbom = sbomOf(plan, { digest: index.digest, baseDigest: base.digest, created });
  return { base, layers, images, index, sbom };
}

async function accountLayers(
  images: readonly BaseImage[],
  repository: Repository,
  store: LayerStore,
  memory: string,
): Promise<MadeLayer[]> {
  const account = { uid: SPARK_USER, name: "spark", home: imagePaths.home };
  const layers: MadeLayer[] = [];
  for (const image of images) {
    const file = join(memory, `${image.digest.replace(":", "-")}.passwd`);
    const entry = await missingAccount(repository, image, account, file);
    if (entry === undefined) continue;
    const stored = await store.layer({ entries: [entry], compressed: true });
    const { platform } = image;
    layers.push({ name: "account", holds: `user ${account.name}`, platform, ...stored });
  }
  return layers;
}

function createdOf(images: readonly BaseImage[]): string {
  const created = new Date(images[0]?.config.created ?? 0);
  return `${created.toISOString().slice(0, 19)}Z`;
}
