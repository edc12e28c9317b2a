import { createHash } from "node:crypto";
import {
  createReadStream,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { mustRun } from "../lib/run.mjs";

const TYPE = "application/vnd.oci.image";

/**
 * @typedef {{ mediaType: string, digest: string, size: number }} Descriptor
 * @typedef {object} Image
 * @property {string} architecture
 * @property {Record<string, unknown>} config
 * @property {string} [base] layout of an image whose layers come first
 * @property {string[]} folders one a layer
 */

/**
 * Writes an OCI image layout: an index with one image a platform, each with a layer a folder. The
 * layers are plain tar files that depend on names, modes, owners and contents alone.
 * @param {string} layout an empty folder
 * @param {readonly Image[]} images
 */
export async function writeImageLayout(layout, images) {
  mkdirSync(join(layout, "blobs", "sha256"), { recursive: true });
  writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const manifests = [];
  for (const { architecture, config, base, folders } of images) {
    const layers = base === undefined ? [] : linkLayers(layout, base, architecture);
    for (const folder of folders) layers.push(await addLayer(layout, folder));
    const platform = { architecture, os: "linux" };
    const rootfs = { type: "layers", diff_ids: layers.map(({ digest }) => digest) };
    const described = addJson(layout, `${TYPE}.config.v1+json`, { ...platform, config, rootfs });
    const mediaType = `${TYPE}.manifest.v1+json`;
    const manifest = { schemaVersion: 2, mediaType, config: described, layers };
    manifests.push({ ...addJson(layout, mediaType, manifest), platform });
  }
  const mediaType = `${TYPE}.index.v1+json`;
  const index = addJson(layout, mediaType, { schemaVersion: 2, mediaType, manifests });
  const root = { schemaVersion: 2, mediaType, manifests: [index] };
  writeFileSync(join(layout, "index.json"), JSON.stringify(root));
}

/**
 * @param {string} layout
 * @param {string} base
 * @param {string} architecture
 * @returns {Descriptor[]}
 */
function linkLayers(layout, base, architecture) {
  const blob = (/** @type {string} */ digest) => join(base, "blobs", digest.replace(":", "/"));
  const read = (/** @type {string} */ path) => JSON.parse(readFileSync(path, "utf8"));
  /** @type {{ manifests: (Descriptor & { platform: { architecture: string } })[] }} */
  const index = read(blob(read(join(base, "index.json")).manifests[0].digest));
  const manifest = index.manifests.find(({ platform }) => platform.architecture === architecture);
  if (manifest === undefined)
    throw new Error(`Cannot add to ${base}: it is not for ${architecture}`);
  /** @type {Descriptor[]} */
  const layers = read(blob(manifest.digest)).layers;
  for (const { digest } of layers) {
    linkSync(blob(digest), join(layout, "blobs", digest.replace(":", "/")));
  }
  return layers;
}

/**
 * @param {string} layout
 * @param {string} folder
 * @returns {Promise<Descriptor>}
 */
async function addLayer(layout, folder) {
  const tar = join(layout, "layer.tar");
  const same = ["--sort=name", "--mtime=@0", "--numeric-owner", "--format=gnu"];
  await mustRun("tar", ["-C", folder, ...same, "-cf", tar, "."]);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(tar, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const digest = hash.digest("hex");
  const { size } = statSync(tar);
  renameSync(tar, join(layout, "blobs", "sha256", digest));
  return { mediaType: `${TYPE}.layer.v1.tar`, digest: `sha256:${digest}`, size };
}

/**
 * @param {string} layout
 * @param {string} mediaType
 * @param {unknown} value
 * @returns {Descriptor}
 */
function addJson(layout, mediaType, value) {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(layout, "blobs", "sha256", digest), bytes);
  return { mediaType, digest: `sha256:${digest}`, size: bytes.length };
}
