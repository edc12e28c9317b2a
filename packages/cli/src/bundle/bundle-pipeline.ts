import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { buildBundle } from "./build-bundle.js";
import { BundleCache, type StoredBundle } from "./bundle-cache.js";
import { cacheFolderFor } from "./cache-folder.js";
import { installedVersion, type Library, ownLibrary } from "./library.js";
import type { BundleProfile } from "./profile.js";
import { sha256 } from "./sources-plugin.js";

/** Goes up when the bundler makes something else of the same sources. */
const BUNDLER_VERSION = 3;

export interface BundleRequest {
  /** Path of the pipeline file. */
  readonly file: string;
  readonly profile: BundleProfile;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: the command's own copy. */
  readonly library?: Library;
}

export interface PipelineBundle extends StoredBundle {
  /** `file:` URL of the ES module. */
  readonly url: string;
  /** It was there already: esbuild did not run. */
  readonly reused: boolean;
}

/**
 * Makes one ES module of a pipeline file and what it imports, or finds the one made before.
 *
 * @throws BundleError when the sources do not compile or an import leads nowhere.
 */
export async function bundlePipeline(request: BundleRequest): Promise<PipelineBundle> {
  const { profile, env, library = ownLibrary } = request;
  const entry = realpathSync(request.file);
  const cache = new BundleCache(cacheFolderFor(entry, env));
  const key = sha256(
    JSON.stringify([
      BUNDLER_VERSION,
      installedVersion("esbuild"),
      profile,
      library.resolve("beamline"),
      entry,
    ]),
  );
  const found = cache.find(key);
  if (found !== undefined) return { ...found, url: pathToFileURL(found.file).href, reused: true };
  const takenMs = Date.now();
  const { outputFolder } = cache;
  const built = await buildBundle({ entry, profile, library, outputFolder });
  const stored = cache.store(key, built, takenMs);
  return { ...stored, url: pathToFileURL(stored.file).href, reused: false };
}
