import { readFileSync } from "node:fs";
import { join } from "node:path";
import { foldersAbove } from "../bundle/package-of.js";
import { npm, type SoftwarePackage } from "./plan-image.js";

/** The npm packages with code in a bundle, from its source map; `root` is what its paths start from. */
export function bundledPackages(sourceMap: Uint8Array, root: string): SoftwarePackage[] {
  const { sources }: { readonly sources: readonly string[] } = JSON.parse(
    Buffer.from(sourceMap).toString(),
  );
  const names = new Set<string>();
  for (const source of sources) {
    const inside = decodeURI(source).split("node_modules/").at(-1) ?? "";
    const name = /^(@[^/]+\/[^/]+|[^@/][^/]*)\//.exec(inside)?.[1];
    if (source.includes("node_modules/") && name !== undefined) names.add(name);
  }
  return [...names].sort().flatMap((name) => {
    const version = versionOf(name, root);
    return version === undefined ? [] : [npm(name, version)];
  });
}

function versionOf(name: string, root: string): string | undefined {
  for (const folder of foldersAbove(join(root, "package.json"))) {
    try {
      const manifest = readFileSync(join(folder, "node_modules", name, "package.json"), "utf8");
      const { version }: { readonly version?: string } = JSON.parse(manifest);
      return version;
    } catch {
      // Further up, then.
    }
  }
  return undefined;
}
