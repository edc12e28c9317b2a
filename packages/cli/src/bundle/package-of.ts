import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** `@scope/name` or `name` of a bare specifier. */
export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Whether a specifier names a package rather than a file or a module of Node. */
export function isBare(specifier: string): boolean {
  return !/^([./#]|[a-z]+:|[A-Za-z]:[\\/])/.test(specifier);
}

/** The folders above a file, nearest first. */
export function foldersAbove(file: string): string[] {
  const found: string[] = [];
  let folder = dirname(file);
  for (;;) {
    found.push(folder);
    const parent = dirname(folder);
    if (parent === folder) return found;
    folder = parent;
  }
}

/** The folder of the nearest package.json above a file. */
export function packageFolder(file: string): string | undefined {
  return foldersAbove(file).find((folder) => existsSync(join(folder, "package.json")));
}

/**
 * Whether an installed package has a native addon, which cannot stand in a bundle: it has
 * prebuilds, or builds itself when it is installed.
 */
export function hasNativeAddon(folder: string): boolean {
  if (["prebuilds", "binding.gyp"].some((name) => existsSync(join(folder, name)))) return true;
  try {
    const manifest: Readonly<Record<string, unknown>> = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    return manifest.gypfile === true || manifest.binary !== undefined;
  } catch {
    return false;
  }
}
