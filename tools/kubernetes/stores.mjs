import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NODE } from "./network.mjs";

/**
 * @import { TestImage } from "./base-image.mjs"
 * @import { Servers } from "./servers.mjs"
 */

export const REGISTRY = "127.0.0.1:5000";
export const S3 = {
  endpoint: `http://${NODE}:9000`,
  region: "us-east-1",
  accessKeyId: "beamline",
  secretAccessKey: "beamline-secret",
};

/**
 * Starts an image registry that holds the given images, and an S3 server that checks signatures.
 * @param {{ servers: Servers, folder: string, programs: string, images: readonly TestImage[] }} options
 */
export async function startStores({ servers, folder, programs, images }) {
  const root = join(folder, "registry");
  for (const image of images) putImage(root, image);
  const config = join(folder, "registry.yml");
  writeFileSync(
    config,
    `version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${JSON.stringify(root)} }, delete: { enabled: true } }
http: { addr: "${REGISTRY}" }
`,
  );
  servers.start("registry", "docker-registry", ["serve", config]);
  const data = join(folder, "s3");
  servers.start("minio", join(programs, "minio"), ["server", data, "--address", ":9000"], {
    MINIO_ROOT_USER: S3.accessKeyId,
    MINIO_ROOT_PASSWORD: S3.secretAccessKey,
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
    HOME: folder,
  });
  await servers.until("the registry", () => answers(`http://${REGISTRY}/v2/`));
  await servers.until("MinIO", () => answers(`${S3.endpoint}/minio/health/ready`));
}

/**
 * Puts an image where the registry keeps its images, with links to the cache's files instead of
 * copies: pushing a gigabyte takes half a minute.
 * @param {string} root
 * @param {TestImage} image
 */
function putImage(root, { repository, tag, layout }) {
  const store = join(root, "docker/registry/v2");
  const files = join(layout, "blobs/sha256");
  const own = join(store, "repositories", repository);
  for (const digest of readdirSync(files)) {
    const blob = join(store, "blobs/sha256", digest.slice(0, 2), digest, "data");
    linkOrCopy(join(files, digest), blob);
    put(join(own, "_layers/sha256", digest, "link"), `sha256:${digest}`);
    // Layers would do no harm here either, but it is manifests that are asked for.
    put(join(own, "_manifests/revisions/sha256", digest, "link"), `sha256:${digest}`);
  }
  /** @type {{ manifests: { digest: string }[] }} */
  const { manifests } = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  const digest = manifests[0]?.digest ?? "";
  put(join(own, "_manifests/tags", tag, "current/link"), digest);
  put(join(own, "_manifests/tags", tag, "index", digest.replace(":", "/"), "link"), digest);
}

/**
 * @param {string} path
 * @param {string} text
 */
function put(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * @param {string} from
 * @param {string} to
 */
function linkOrCopy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch (error) {
    // Another file system, or two images with the same part.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") cpSync(from, to);
  }
}

/** @param {string} url */
async function answers(url) {
  return (await fetch(url)).ok;
}
