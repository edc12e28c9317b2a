import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const PART = "common-part";

/**
 * Modules, by path, that are kept together because all of `entries` need them, or may as well:
 * modules that start something, or that are imported lazily.
 * @typedef {{ modules: Iterable<string>, entries: readonly string[] }} CommonPart
 */

/**
 * A plugin for esbuild that makes fewer files. A bundler that splits makes a file of each set of
 * modules that the same entries need: with many entries, of nearly every module. Where entries say
 * that they need all of a part, its modules are one set.
 * @param {readonly CommonPart[]} parts
 * @returns {import("esbuild").Plugin}
 */
export function commonParts(parts) {
  /** @type {Map<string, string>} */
  const imports = new Map();
  for (const [index, { modules, entries }] of parts.entries()) {
    const inside = new Set([...modules].map((module) => resolve(module)));
    for (const path of entries.map((entry) => resolve(entry))) {
      // An entry that is in the part would wait for modules that wait for it.
      if (inside.has(path)) continue;
      imports.set(path, `${imports.get(path) ?? ""}import "${PART}:${index}"; `);
    }
  }
  return {
    name: PART,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${PART}:`) }, ({ path }) => ({
        path: path.slice(PART.length + 1),
        namespace: PART,
      }));
      // As the bundler resolves them, a package may say that its modules have no side effects, and
      // what imports them for nothing else would not be an import.
      build.onResolve({ filter: /^/, namespace: PART }, ({ path }) => ({ path }));
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) =>
        /[\\/]node_modules[\\/]/.test(resolveDir) ? undefined : { path: resolve(resolveDir, path) },
      );
      build.onLoad({ filter: /^/, namespace: PART }, ({ path }) => ({
        contents: [...(parts[Number(path)]?.modules ?? [])]
          .map((module) => `import ${JSON.stringify(resolve(module))};`)
          .join("\n"),
      }));
      build.onLoad({ filter: /\.js$/, namespace: "file" }, ({ path }) => {
        const start = imports.get(path);
        if (start === undefined) return undefined;
        // On the first line, so that lines stay what they are.
        return { contents: start + readFileSync(path, "utf8"), loader: "js" };
      });
    },
  };
}

/**
 * The modules that a module needs before it runs, itself included.
 * @param {import("esbuild").Metafile["inputs"]} inputs
 * @param {string} module
 * @param {Set<string>} [found]
 */
export function neededBy(inputs, module, found = new Set()) {
  if (found.has(module)) return found;
  found.add(module);
  for (const { kind, path, external } of inputs[module]?.imports ?? []) {
    if (kind === "import-statement" && external !== true) neededBy(inputs, path, found);
  }
  return found;
}
