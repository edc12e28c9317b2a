import { Ecr, ecrRegistry } from "../aws/ecr.js";
import { formatBytes } from "../run/units.js";
import { allOf } from "./all-problems.js";
import { inParallel } from "./in-parallel.js";
import { type BaseImages, findBase } from "./oci/base-image.js";
import type { Credentials } from "./oci/credentials.js";
import { findCredentials } from "./oci/credentials.js";
import type { Descriptor, Document } from "./oci/descriptor.js";
import type { LayerStore } from "./oci/layer-store.js";
import { formatReference, type ImageReference } from "./oci/reference.js";
import { attach } from "./oci/referrers.js";
import { RegistryClient } from "./oci/registry-client.js";
import { RegistryError } from "./oci/registry-error.js";
import { type BlobSource, type BlobState, Repository } from "./oci/repository.js";
import type { ImagePlan } from "./plan-image.js";
import { type PreparedImage, prepareImage } from "./prepare-image.js";
import { SBOM_TYPE } from "./sbom.js";

export interface BuildOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: LayerStore;
  /** A folder for what is found out about bases. */
  readonly memory: string;
  /** Whose credentials ECR sees. Default: by AWS's conventions. */
  readonly awsProfile?: string | undefined;
  /** Registries that speak plain HTTP, besides those on this machine. */
  readonly insecure?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface BuiltLayer {
  /** `base` for those that came with the base. */
  readonly name: string;
  readonly platform?: string;
  readonly digest: string;
  /** In bytes, as it travels. */
  readonly size: number;
  readonly state: BlobState | "missing";
}

export interface BuiltImage {
  /** By digest: what a manifest should name. */
  readonly reference: string;
  /** The same by its tag, for people. */
  readonly tagged: string;
  readonly digest: string;
  readonly platforms: readonly string[];
  readonly layers: readonly BuiltLayer[];
  /** Of layers and documents. */
  readonly uploadedBytes: number;
  /** The image was there, and nothing was pushed. */
  readonly unchanged: boolean;
  readonly createdRepository: boolean;
  /** SPDX. */
  readonly sbom: string;
}

/** Registries and repositories of a plan, and whether they can be used. */
export interface ImageRegistries {
  readonly base: Repository;
  readonly target: Repository;
  /** The repository to take the base's layers over from, if it is in the same registry. */
  readonly mountFrom: string | undefined;
  readonly ecr: { readonly client: Ecr; readonly repository: string } | undefined;
}

/** Opens the registries of a plan; nothing is asked of them yet. */
export function openRegistries(
  { base, target }: Pick<ImagePlan, "base" | "target">,
  {
    env,
    signal,
    insecure,
    awsProfile,
  }: Pick<BuildOptions, "env" | "signal" | "insecure" | "awsProfile">,
): ImageRegistries {
  const clients = new Map<string, RegistryClient>();
  const clientOf = ({ host }: ImageReference): RegistryClient => {
    const known = clients.get(host);
    if (known !== undefined) return known;
    const credentials = (): Promise<Credentials | undefined> =>
      findCredentials(host, { env, signal, aws: { profile: awsProfile } });
    const made = new RegistryClient({
      host,
      credentials,
      signal,
      ...(insecure === undefined ? {} : { insecure }),
    });
    clients.set(host, made);
    return made;
  };
  const mountFrom = base.host === target.host ? base.repository : undefined;
  const registry = ecrRegistry(target.host);
  return {
    base: new Repository(clientOf(base), base.repository, { push: false }),
    target: new Repository(clientOf(target), target.repository, { push: true, mountFrom }),
    mountFrom,
    ecr: registry && {
      client: new Ecr(registry, { profile: awsProfile }),
      repository: target.repository,
    },
  };
}

/**
 * Looks whether the base is there and the target takes uploads, before anything else is done. What
 * is wrong with either comes out at once. An ECR repository that is missing is created, if `create`.
 */
export async function checkRegistries(
  plan: Pick<ImagePlan, "base" | "platforms">,
  registries: ImageRegistries,
  { create, signal }: { readonly create: boolean; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly base: BaseImages; readonly createdRepository: boolean }> {
  const { base, target, ecr } = registries;
  const reachTarget = async (): Promise<boolean> => {
    if (!create) return false;
    const created =
      ecr === undefined
        ? false
        : await ecr.client.ensureRepository(ecr.repository, REPOSITORY_TAGS, signal);
    await target.requireWritable();
    return created;
  };
  const [found, createdRepository] = await allOf("build the image", [
    findBase(base, plan.base, plan.platforms),
    reachTarget(),
  ]);
  return { base: found, createdRepository };
}

const REPOSITORY_TAGS = { "managed-by": "beamline" };

/** Blobs under way at the same time. */
const PUSHES = 4;

/** Makes an image and pushes what its registry lacks: layers first, names last. */
export async function buildImage(
  plan: ImagePlan,
  registries: ImageRegistries,
  options: BuildOptions,
): Promise<BuiltImage> {
  const { store, memory, signal, onProgress } = options;
  const { base, createdRepository } = await checkRegistries(plan, registries, {
    create: true,
    signal,
  });
  onProgress?.("Packing layers");
  const prepared = await prepareImage(plan, {
    baseRepository: registries.base,
    base,
    store,
    memory,
    signal,
  });
  const { target, mountFrom } = registries;
  const { index, sbom } = prepared;
  const tag = plan.target.tag ?? "latest";
  const named = { ...plan.target, digest: index.digest };
  const common = {
    reference: formatReference({
      host: named.host,
      repository: named.repository,
      digest: index.digest,
    }),
    tagged: formatReference(plan.target),
    digest: index.digest,
    platforms: plan.platforms,
    createdRepository,
    sbom,
  };
  if ((await target.findManifest(tag)) === index.digest) {
    const layers = blobsOf(prepared, registries.base).map((blob) => describe(blob, "present"));
    return { ...common, layers, uploadedBytes: 0, unchanged: true };
  }
  const progress = new PushProgress(onProgress);
  const layers = await inParallel(blobsOf(prepared, registries.base), PUSHES, async (blob) => {
    const state = await target.ensureBlob(blob.source, {
      mountFrom: blob.name === "base" ? mountFrom : undefined,
      onBytes: (count) => progress.add(blob, count),
    });
    return describe(blob, state);
  });
  const documents = await pushDocuments(target, prepared, tag);
  documents.push(...(await attach(target, index, { type: SBOM_TYPE, content: Buffer.from(sbom) })));
  const uploadedBytes = progress.sent + documents.reduce((sum, { size }) => sum + size, 0);
  return { ...common, layers, uploadedBytes, unchanged: false };
}

/** What a push would do, by looking only. */
export async function inspectImage(
  plan: ImagePlan,
  registries: ImageRegistries,
  options: BuildOptions,
): Promise<BuiltImage> {
  const { store, memory, signal } = options;
  const { base } = await checkRegistries(plan, registries, { create: false, signal });
  const baseRepository = registries.base;
  const prepared = await prepareImage(plan, { baseRepository, base, store, memory, signal });
  const { index, sbom } = prepared;
  const there = await ifThere(registries.target.findManifest(plan.target.tag ?? "latest"));
  const layers = await inParallel(blobsOf(prepared, baseRepository), PUSHES, async (blob) => {
    const present = await ifThere(registries.target.hasBlob(blob.source.descriptor.digest));
    return describe(blob, present === true ? "present" : "missing");
  });
  const missing = layers.filter(
    ({ state, name }) =>
      state === "missing" && !(name === "base" && registries.mountFrom !== undefined),
  );
  const { host, repository } = plan.target;
  return {
    reference: formatReference({ host, repository, digest: index.digest }),
    tagged: formatReference(plan.target),
    digest: index.digest,
    platforms: plan.platforms,
    layers,
    uploadedBytes: missing.reduce((sum, { size }) => sum + size, 0),
    unchanged: there === index.digest,
    createdRepository: false,
    sbom,
  };
}

/** A repository that does not exist yet holds nothing. */
async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RegistryError && error.status === 404) return undefined;
    throw error;
  }
}

interface NamedBlob {
  readonly name: string;
  readonly platform?: string;
  readonly source: BlobSource;
}

/** Every blob of the image once, those of ours first: they take longest to reach a far registry. */
export function blobsOf(
  { layers, images }: PreparedImage,
  baseRepository: Repository,
): NamedBlob[] {
  const blobs = new Map<string, NamedBlob>();
  const add = (blob: NamedBlob) => {
    const { digest } = blob.source.descriptor;
    if (!blobs.has(digest)) blobs.set(digest, blob);
  };
  for (const layer of layers) {
    const { name, platform } = layer;
    add({ name, ...(platform === undefined ? {} : { platform }), source: layer });
  }
  for (const { base, baseLayers, config } of images) {
    const { platform } = base;
    for (const descriptor of baseLayers) {
      const open = () => baseRepository.readBlob(descriptor);
      add({ name: "base", platform, source: { descriptor, open } });
    }
    add({ name: "config", platform, source: sourceOf(config) });
  }
  return [...blobs.values()];
}

function sourceOf(document: Document): BlobSource {
  return {
    descriptor: document,
    open: async function* () {
      yield document.bytes;
    },
  };
}

function describe({ name, platform, source }: NamedBlob, state: BuiltLayer["state"]): BuiltLayer {
  const { digest, size } = source.descriptor;
  return { name, ...(platform === undefined ? {} : { platform }), digest, size, state };
}

async function pushDocuments(
  target: Repository,
  { images, index }: PreparedImage,
  tag: string,
): Promise<Descriptor[]> {
  for (const { manifest } of images) await target.putManifest(manifest, manifest.digest);
  await target.putManifest(index, tag);
  return [...images.map(({ manifest }) => manifest), index];
}

/** Bytes of a layer that people would wait for. */
const WORTH_A_WORD = 10_000;

class PushProgress {
  sent = 0;
  private readonly onProgress: ((text: string) => void) | undefined;
  private readonly begun = new Set<NamedBlob>();
  private shown = 0;

  constructor(onProgress: ((text: string) => void) | undefined) {
    this.onProgress = onProgress;
  }

  /** Told of bytes that were sent: what the registry has already is not spoken of. */
  add(blob: NamedBlob, count: number): void {
    const { name, source } = blob;
    if (!this.begun.has(blob) && source.descriptor.size >= WORTH_A_WORD) {
      this.onProgress?.(`Pushing: ${name}, ${formatBytes(source.descriptor.size)}`);
    }
    this.begun.add(blob);
    this.sent += count;
    // A line for each tenth of a gigabyte is enough.
    const hundreds = Math.floor(this.sent / 100_000_000);
    if (hundreds === this.shown) return;
    this.shown = hundreds;
    this.onProgress?.(`Pushing: ${hundreds * 100} MB sent`);
  }
}
