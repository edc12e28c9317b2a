import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { runTool } from "../jvm/run-tool.js";
import { ensureFolder } from "../jvm/stored-folder.js";
import { toolError } from "../jvm/tool-error.js";
import { imageCacheFolder } from "./image-cache.js";
import { NODE_VERSION, type NodePackage, nodePackages } from "./node-release.js";

export interface FetchOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Files of the package that the image needs. */
const WANTED: Readonly<Record<string, number>> = { "bin/node": 0o755, LICENSE: 0o644 };

/**
 * A folder with `bin/node` for a platform and its licence: from the user's cache, or fetched by npm
 * from the registry that it is set up for.
 */
export async function ensureNode(platform: string, options: FetchOptions): Promise<string> {
  const { env, signal, onProgress } = options;
  const wanted = nodePackages[platform];
  if (wanted === undefined) throw new Error(`there is no Node.js for ${platform}`);
  const what = `Node.js ${NODE_VERSION} for ${platform}`;
  const folder = join(imageCacheFolder(env), `${wanted.name}-${NODE_VERSION}`);
  await ensureFolder({
    folder,
    signal,
    onWait: () => onProgress?.(`Waiting for another process that fetches ${what}`),
    fill: async (draft) => {
      onProgress?.(`Fetching ${what}, once`);
      const archive = await fetchPackage(wanted, what, draft, options);
      await unpack(archive, draft);
      await rm(archive);
    },
  });
  return folder;
}

async function fetchPackage(
  { name, integrity }: NodePackage,
  what: string,
  folder: string,
  { env, signal }: FetchOptions,
): Promise<string> {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const args = ["pack", `${name}@${NODE_VERSION}`, "--pack-destination", folder, "--silent"];
  const result = await runTool(npm, args, { env, cwd: folder, signal });
  const file = (await readdir(folder)).find((entry) => entry.endsWith(".tgz"));
  if (result?.exitCode !== 0 || file === undefined) {
    const said = result === undefined ? "there is no npm" : lastLine(result.output);
    throw toolError(
      "NODE_FETCH_FAILED",
      `Cannot fetch ${what}: npm pack ${name}@${NODE_VERSION} failed (${said}); check npm's registry and the network`,
    );
  }
  const path = join(folder, file);
  const hash = createHash("sha512");
  for await (const block of createReadStream(path)) hash.update(block);
  if (`sha512-${hash.digest("base64")}` === integrity) return path;
  throw toolError(
    "NODE_FETCH_FAILED",
    `Cannot use ${what}: the package ${name} that npm's registry gave is not the one that was published; check that registry`,
  );
}

async function unpack(archive: string, folder: string): Promise<void> {
  const { extract } = await import("tar-stream");
  const entries = extract();
  const reading = pipeline(createReadStream(archive), createGunzip(), entries);
  for await (const entry of entries) {
    const path = entry.header.name.replace(/^package\//, "");
    const mode = WANTED[path];
    if (mode === undefined) {
      entry.resume();
      continue;
    }
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(Readable.from(entry), createWriteStream(target, { mode }));
  }
  await reading;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
