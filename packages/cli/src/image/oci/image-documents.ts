import type { BaseImage } from "./base-image.js";
import {
  type Descriptor,
  type Document,
  descriptorOf,
  documentOf,
  type PlatformDescriptor,
  type RunConfig,
} from "./descriptor.js";
import { mediaTypes } from "./media-types.js";

/** A layer of ours as the documents of an image name it. */
export interface AddedLayer {
  readonly name: string;
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

export interface ImageChanges {
  readonly user: string;
  /** Added to those of the base. */
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ImageDocuments {
  readonly config: Document;
  readonly manifest: Document;
}

/** The configuration and the manifest of an image: its base, with layers and settings on top. */
export function imageDocuments(
  base: BaseImage,
  layers: readonly AddedLayer[],
  changes: ImageChanges,
): ImageDocuments {
  const { config: run = {}, rootfs, history = [], ...rest } = base.config;
  // A time of our own would give the same inputs another digest.
  const created = base.config.created;
  // Tools count on an entry for each layer, or none at all.
  const told = history.filter(({ empty_layer }) => empty_layer !== true).length;
  const own = told !== rootfs.diff_ids.length ? [] : layers;
  const config = documentOf(mediaTypes.config, {
    ...rest,
    config: changed(run, changes),
    rootfs: { ...rootfs, diff_ids: [...rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)] },
    history: [
      ...history,
      ...own.map(({ name }) => ({
        ...(created === undefined ? {} : { created }),
        created_by: `beamline image: ${name}`,
      })),
    ],
  });
  const manifest = documentOf(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptorOf(config),
    layers: [...base.layers, ...layers.map(({ descriptor }) => descriptorOf(descriptor))],
    annotations: changes.annotations,
  });
  return { config, manifest };
}

function changed(run: RunConfig, { user, env, labels }: ImageChanges): RunConfig {
  const kept = (run.Env ?? []).filter((entry) => !Object.hasOwn(env, entry.split("=", 1).join("")));
  return {
    ...run,
    User: user,
    Env: [...kept, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
    Labels: { ...run.Labels, ...labels },
  };
}

/** One name for the images of all platforms. */
export function indexDocument(
  images: readonly { readonly base: BaseImage; readonly manifest: Descriptor }[],
  annotations: Readonly<Record<string, string>>,
): Document {
  const manifests = images.map(({ base, manifest }): PlatformDescriptor => {
    const { os, architecture, variant } = base.config;
    const platform = { architecture, os, ...(variant === undefined ? {} : { variant }) };
    return { ...descriptorOf(manifest), platform };
  });
  return documentOf(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests,
    annotations,
  });
}
