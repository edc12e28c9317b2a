import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, extname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Loader, Plugin } from "esbuild";
import { withSmallZod } from "./small-zod.js";

/** What the bundle says for `import.meta.url` and its kin; each file then defines them for itself. */
export const locationDefines: Readonly<Record<string, string>> = {
  "import.meta.url": "__beamlineUrl",
  "import.meta.dirname": "__beamlineDirname",
  "import.meta.filename": "__beamlineFilename",
  __dirname: "__beamlineDirname",
  __filename: "__beamlineFilename",
};

const LOADERS: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
  ".json": "json",
  ".txt": "text",
};

/**
 * Reads every source, so that its hash is that of the bytes which went into the bundle, and lets a
 * source know where it lies although it runs from the bundle.
 */
export function sourcesPlugin(hashes: Map<string, string>, withLocations: boolean): Plugin {
  return {
    name: "beamline-sources",
    setup(build) {
      build.onLoad({ filter: /\.([cm]?[jt]s|[jt]sx|json|txt)$/, namespace: "file" }, ({ path }) => {
        const loader = LOADERS[extname(path)];
        if (loader === undefined) return undefined;
        const contents = readFileSync(path, "utf8");
        hashes.set(path, sha256(contents));
        if (loader === "json" || loader === "text") return { contents, loader };
        const code = withSmallZod(contents);
        return { contents: withLocations ? withLocation(code, path) : code, loader };
      });
    },
  };
}

export function sha256(contents: string | Uint8Array): string {
  return createHash("sha256").update(contents).digest("hex");
}

/** Puts the definitions on the first line of code, so that line numbers stay what they are. */
export function withLocation(contents: string, path: string): string {
  const names = {
    __beamlineUrl: /\bimport\.meta\.url\b/.test(contents) && pathToFileURL(path).href,
    __beamlineDirname: /\b(import\.meta\.|__)dirname\b/.test(contents) && dirname(path),
    __beamlineFilename: /\b(import\.meta\.|__)filename\b/.test(contents) && path,
  };
  const definitions = Object.entries(names)
    .filter(([, value]) => value !== false)
    .map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
  if (definitions.length === 0) return contents;
  // A hashbang and "use strict" must stay first.
  const start = /^(#![^\n]*\n)?(\s*(["'])use strict\3;?)?/.exec(contents)?.[0].length ?? 0;
  const separator = start > 0 && contents[start - 1] !== "\n" ? ";" : "";
  return `${contents.slice(0, start)}${separator}${definitions.join("")}${contents.slice(start)}`;
}
