import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedVersion } from "../bundle/library.js";
import { ensureFolder } from "../jvm/stored-folder.js";
import { imageCacheFolder } from "./image-cache.js";
import type { FetchOptions } from "./node-files.js";

/** Goes up when the same library gives other files. */
const RUNTIME_VERSION = 1;

/**
 * A folder with the boot program and all that it imports, in a few files: they load in half the
 * time that the packages take. Made anew when the installed library changes.
 */
export async function ensureRuntime(options: FetchOptions): Promise<string> {
  const { env, signal, onProgress } = options;
  const library = dirname(fileURLToPath(import.meta.resolve("beamline/package.json")));
  const version = installedVersion("beamline");
  const key = createHash("sha256");
  key.update(JSON.stringify([RUNTIME_VERSION, version, installedVersion("esbuild")]));
  for (const stamp of stampsOf(library)) key.update(stamp);
  const name = `runtime-${version}-${key.digest("hex").slice(0, 16)}`;
  const folder = join(imageCacheFolder(env), name);
  await ensureFolder({
    folder,
    signal,
    fill: async (draft) => {
      onProgress?.("Bundling the worker's boot program, once");
      await bundle(library, draft);
      const manifest = { name: "beamline", version, type: "module" };
      await writeFile(join(draft, "package.json"), JSON.stringify(manifest));
      const boot = join(draft, "bin/beamline-boot");
      await mkdir(dirname(boot));
      await copyFile(join(library, "bin/beamline-boot"), boot);
      await chmod(boot, 0o755);
    },
  });
  return folder;
}

/**
 * The files lie as far from each other as in the library, since they look for each other: the boot
 * program for `../../../package.json`, whatever starts a thread for `lane-thread.js` beside it.
 */
async function bundle(library: string, folder: string): Promise<void> {
  const { build, stop } = await import("esbuild");
  await build({
    absWorkingDir: library,
    entryPoints: {
      "harness/boot/main": "dist/harness/boot/main.js",
      "harness/lane-thread": "dist/harness/lanes/lane-thread.js",
    },
    outdir: join(folder, "dist"),
    chunkNames: "harness/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    // Comments with paths of this machine among it.
    minifyWhitespace: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "silent",
    banner: {
      js: [
        'import { createRequire as __beamlineCreateRequire } from "node:module";',
        "const require = __beamlineCreateRequire(import.meta.url);",
        "const __dirname = import.meta.dirname;",
      ].join("\n"),
    },
  });
  await stop();
}

function stampsOf(library: string): string[] {
  const dist = join(library, "dist");
  return readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .sort()
    .map((path) => {
      const { size, mtimeMs } = statSync(join(dist, path));
      return `${path} ${size} ${mtimeMs}\n`;
    });
}
