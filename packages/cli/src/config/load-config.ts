import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { stopBundler } from "../bundle/build-bundle.js";
import { bundlePipeline } from "../bundle/bundle-pipeline.js";
import { localProfile } from "../bundle/profile.js";
import { UsageError } from "../command/usage-error.js";
import { UserModuleError } from "../pipeline/user-module-error.js";

/** A configuration file as it was imported: nothing in it has been checked. */
export interface LoadedConfig {
  /** Absolute. */
  readonly path: string;
  readonly source: string;
  readonly value: unknown;
}

export interface LoadConfigOptions {
  /** As typed. Default: the nearest `beamline.config.*` at or above `cwd`. */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const NAMES = ["ts", "mts", "js", "mjs"].map((extension) => `beamline.config.${extension}`);

/** Imports the project's configuration; undefined when there is none and none was asked for. */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig | undefined> {
  const { file, cwd, env } = options;
  const path = file === undefined ? nearestConfig(cwd) : resolve(cwd, file);
  if (path === undefined) return undefined;
  if (!existsSync(path)) {
    throw new UsageError("read the configuration", [
      { subject: `--config ${file}`, message: "there is no such file" },
    ]);
  }
  const bundle = await bundlePipeline({ file: path, profile: localProfile, env });
  if (!bundle.reused) await stopBundler();
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await import(bundle.url);
  } catch (cause) {
    throw new UserModuleError(path, cause);
  }
  return { path, source: readFileSync(path, "utf8"), value: exports.default };
}

function nearestConfig(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) return undefined;
  }
}
