import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import type { BuiltBundle } from "./build-bundle.js";
import { foldersAbove, isBare, packageName } from "./package-of.js";

/** What decides which bundle comes out, besides the settings. */
export interface Dependencies {
  /** Files that are read. */
  readonly files: readonly string[];
  /** Paths where nothing is: a file that turned up there would be taken instead of another. */
  readonly absent: readonly string[];
}

/** The endings that an import may leave out, or write as JavaScript's instead of TypeScript's. */
const ENDINGS = ["", ".tsx", ".ts", ".mts", ".cts", ".jsx", ".js", ".mjs", ".cjs", ".json"];

const IN_PACKAGE = /[\\/]node_modules[\\/]/;

/** All files that a bundle was made from, and the gaps in which a new file would change it. */
export function dependenciesOf({ sources, imports }: BuiltBundle): Dependencies {
  const files = new Set(sources.keys());
  const absent = new Set<string>();
  const note = (path: string) => {
    if (existsSync(path)) files.add(path);
    else absent.add(path);
  };
  for (const folder of new Set([...sources.keys()].flatMap(foldersAbove))) {
    note(join(folder, "package.json"));
    if (!IN_PACKAGE.test(`${folder}/`)) note(join(folder, "tsconfig.json"));
  }
  for (const config of [...files].filter((file) => file.endsWith("tsconfig.json"))) {
    for (const path of extendedConfigs(config)) note(path);
  }
  for (const [importer, specifier] of imports) {
    for (const path of candidates(importer, specifier)) {
      if (!existsSync(path)) absent.add(path);
      else if (isBare(specifier)) note(join(path, "package.json"));
    }
  }
  return { files: [...files].sort(), absent: [...absent].sort() };
}

/** Where else an import could have led to, had a file been there. */
function candidates(importer: string, specifier: string): string[] {
  // Files of an installed package only come and go with its package.json.
  if (IN_PACKAGE.test(importer)) return [];
  if (isBare(specifier)) {
    const name = packageName(specifier);
    return foldersAbove(importer).map((folder) => join(folder, "node_modules", name));
  }
  if (!specifier.startsWith(".")) return [];
  const path = resolve(dirname(importer), specifier);
  const stem = path.slice(0, path.length - extname(path).length);
  return ENDINGS.flatMap((ending) => [path + ending, stem + ending]);
}

/** The configurations that a tsconfig.json extends, and those that they extend. */
function extendedConfigs(config: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(config, "utf8");
  const value = /"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(text)?.[1] ?? "";
  for (const [, specifier = ""] of value.matchAll(/"([^"]+)"/g)) {
    const path = configPath(config, specifier);
    if (path === undefined || seen.has(path)) continue;
    seen.add(path);
    if (existsSync(path)) extendedConfigs(path, seen);
  }
  return seen;
}

function configPath(config: string, specifier: string): string | undefined {
  if (!isBare(specifier)) {
    const path = resolve(dirname(config), specifier);
    return path.endsWith(".json") ? path : `${path}.json`;
  }
  try {
    return createRequire(config).resolve(specifier);
  } catch {
    return undefined;
  }
}
