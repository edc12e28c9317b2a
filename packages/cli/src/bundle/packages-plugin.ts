import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { type Library, optionalPackages, subpathHint } from "./library.js";
import { hasNativeAddon, isBare, packageFolder, packageName } from "./package-of.js";

export interface PackagesPluginOptions {
  readonly dependencies: "linked" | "inside";
  readonly library: Library;
  /** Packages that the library is to do without. */
  readonly without: readonly string[];
  /** Packages to leave outside whatever they are: those that would not bundle. */
  readonly outside: ReadonlySet<string>;
  /** Gets the names of the packages that were left outside. */
  readonly external: Set<string>;
}

/** Marks our own question to esbuild, which must not be answered by us. */
const ASKED = { beamline: "asked" };

const ABSENT = "beamline-absent";

/** What a configuration file imports: there even where the command is not installed beside it. */
const CONFIG = "beamline-config";
const DEFINE_CONFIG = "export const defineConfig = (config) => config;";

/** A module that fails as Node does when a package is not installed, but only once it is imported. */
function absent(path: string): string {
  const error = `Object.assign(new Error("Cannot find package '${path}'"), { code: "ERR_MODULE_NOT_FOUND" })`;
  return `module.exports = {}; throw ${error};`;
}

/** Decides for each imported package whether it is bundled or imported from where it is installed. */
export function packagesPlugin(options: PackagesPluginOptions): Plugin {
  const { dependencies, library, without, outside, external } = options;
  const linked = dependencies === "linked";
  const optional = optionalPackages(library);
  const libraryFolder = dirname(fileURLToPath(library.resolve("beamline")));
  return {
    name: "beamline-packages",
    setup(build) {
      build.onResolve({ filter: /^beamline(\/|$)/ }, ({ path }) => {
        try {
          const url = library.resolve(path);
          return linked ? { path: url, external: true } : { path: fileURLToPath(url) };
        } catch {
          const text = `Could not resolve "${path}"`;
          return { errors: [{ text, detail: { hint: subpathHint(path, library) } }] };
        }
      });
      build.onResolve({ filter: /^@beamline\/cli\/config$/ }, ({ path }) => ({
        path,
        namespace: CONFIG,
      }));
      build.onLoad({ filter: /^/, namespace: CONFIG }, () => ({ contents: DEFINE_CONFIG }));
      build.onResolve({ filter: /\.node$/ }, async (args) => {
        const found = await ask(build, args);
        return found && { path: found.path, external: true };
      });
      build.onLoad({ filter: /^/, namespace: ABSENT }, ({ path }) => ({ contents: absent(path) }));
      build.onResolve({ filter: /^[^./#]/ }, async (args) => {
        const { path, kind } = args;
        if (args.pluginData === ASKED || !isBare(path) || kind === "entry-point") return undefined;
        const name = packageName(path);
        // The user's own code may import it all the same.
        if (without.includes(name) && args.importer.startsWith(libraryFolder)) {
          return { path, namespace: ABSENT };
        }
        const found = await ask(build, args);
        if (found === undefined) {
          if (name === "zod") return ownCopy(path, library);
          return optional.has(name) ? { path, namespace: ABSENT } : undefined;
        }
        const folder = packageFolder(found.path);
        if (!outside.has(name) && !(folder !== undefined && hasNativeAddon(folder))) {
          return undefined;
        }
        external.add(name);
        if (!linked) return { path, external: true };
        return { path: kind === "require-call" ? found.path : linkTo(found.path), external: true };
      });
    },
  };
}

/** For a project that has installed the command and nothing else. */
function ownCopy(path: string, library: Library): OnResolveResult | undefined {
  try {
    return { path: fileURLToPath(library.resolve(path)) };
  } catch {
    return undefined;
  }
}

async function ask(
  build: PluginBuild,
  args: OnResolveArgs,
): Promise<(OnResolveResult & { readonly path: string }) | undefined> {
  if (args.pluginData === ASKED) return undefined;
  const { importer, namespace, resolveDir, kind } = args;
  const asked = { importer, namespace, resolveDir, kind, pluginData: ASKED };
  const found = await build.resolve(args.path, asked);
  if (found.errors.length > 0 || found.path === "" || found.external) return undefined;
  return found.namespace === "file" ? found : undefined;
}

function linkTo(path: string): string {
  return pathToFileURL(path).href;
}
