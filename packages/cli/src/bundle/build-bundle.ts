import { dirname, join, resolve } from "node:path";
import type { BuildFailure, BuildOptions, BuildResult, Message, Metafile } from "esbuild";
import { BundleError } from "./bundle-error.js";
import { problemOf } from "./bundle-problem.js";
import type { Library } from "./library.js";
import { isBare, packageFolder, packageName } from "./package-of.js";
import { packagesPlugin } from "./packages-plugin.js";
import type { BundleProfile } from "./profile.js";
import { locationDefines, sourcesPlugin } from "./sources-plugin.js";

export const BUNDLE_FILE = "pipeline.mjs";

/** A bundle in memory. */
export interface BuiltBundle {
  readonly code: Uint8Array;
  readonly map: Uint8Array;
  /** Absolute paths and SHA-256 of the sources inside. */
  readonly sources: ReadonlyMap<string, string>;
  /** Every import between sources, as `[importer, specifier]`. */
  readonly imports: readonly (readonly [importer: string, specifier: string])[];
  /** Packages that are imported from where they are installed. */
  readonly external: readonly string[];
}

export interface BuildBundleOptions {
  /** Absolute path of the pipeline file. */
  readonly entry: string;
  readonly profile: BundleProfile;
  readonly library: Library;
  /** Where it will lie: the map's paths are relative to it. */
  readonly outputFolder: string;
}

/** Bundles a pipeline file with esbuild; the same sources give the same bytes. */
export async function buildBundle(options: BuildBundleOptions): Promise<BuiltBundle> {
  const esbuild = await import("esbuild");
  const workingFolder = packageFolder(options.entry) ?? dirname(options.entry);
  const outside = new Set<string>();
  for (;;) {
    const sources = new Map<string, string>();
    const external = new Set<string>();
    try {
      const settings = settingsFor(options, workingFolder, sources, outside, external);
      const result = await esbuild.build(settings);
      return finish(result, workingFolder, sources, external);
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      // What does not bundle may run where it is installed.
      const culprits = packagesAtFault(error.errors, outside);
      if (culprits === undefined) {
        const problems = error.errors.map((each) => problemOf(each, workingFolder));
        throw new BundleError(options.entry, problems);
      }
      for (const name of culprits) outside.add(name);
    }
  }
}

/** Ends esbuild's child process and gives its memory back, once no bundle is being built. */
export async function stopBundler(): Promise<void> {
  const esbuild = await import("esbuild");
  await esbuild.stop();
}

function settingsFor(
  { entry, profile, library, outputFolder }: BuildBundleOptions,
  workingFolder: string,
  sources: Map<string, string>,
  outside: ReadonlySet<string>,
  external: Set<string>,
): BuildOptions & { write: false; metafile: true } {
  const { dependencies, without = [] } = profile;
  const linked = dependencies === "linked";
  return {
    entryPoints: [entry],
    absWorkingDir: workingFolder,
    outfile: join(outputFolder, BUNDLE_FILE),
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "linked",
    // Sources on this machine are shown as they are there.
    sourcesContent: !linked,
    charset: "utf8",
    logLevel: "silent",
    legalComments: "none",
    define: linked
      ? { ...locationDefines }
      : { __dirname: "__beamlineDirname", __filename: "__beamlineFilename" },
    banner: { js: bannerFor(linked ? entry : undefined) },
    plugins: [
      packagesPlugin({ dependencies, library, without, outside, external }),
      sourcesPlugin(sources, linked),
    ],
  };
}

/** Gives CommonJS packages inside the bundle a `require` for what is outside. */
function bannerFor(entry: string | undefined): string {
  const from = entry === undefined ? "import.meta.url" : JSON.stringify(entry);
  const lines = [
    'import { createRequire as __beamlineCreateRequire } from "node:module";',
    `const require = __beamlineCreateRequire(${from});`,
  ];
  if (entry === undefined) {
    lines.push(
      'import { fileURLToPath as __beamlineFileURLToPath } from "node:url";',
      "const __beamlineFilename = __beamlineFileURLToPath(import.meta.url);",
      'const __beamlineDirname = __beamlineFileURLToPath(new URL(".", import.meta.url));',
    );
  }
  return lines.join("\n");
}

function finish(
  { outputFiles = [], metafile }: BuildResult,
  workingFolder: string,
  sources: ReadonlyMap<string, string>,
  external: ReadonlySet<string>,
): BuiltBundle {
  const empty = new Uint8Array();
  return {
    code: outputFiles.find(({ path }) => path.endsWith(BUNDLE_FILE))?.contents ?? empty,
    map: outputFiles.find(({ path }) => path.endsWith(`${BUNDLE_FILE}.map`))?.contents ?? empty,
    sources,
    imports: metafile === undefined ? [] : importsOf(metafile, workingFolder),
    external: [...external].sort(),
  };
}

function importsOf(metafile: Metafile, workingFolder: string): [string, string][] {
  return Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
    imports
      .filter(({ original, path: target }) => original !== undefined || isBare(target))
      .map(({ original, path: target }): [string, string] => [
        resolve(workingFolder, path),
        original ?? target,
      ]),
  );
}

/** The packages at fault when all complaints are about installed packages that were not yet left out. */
function packagesAtFault(
  messages: readonly Message[],
  outside: ReadonlySet<string>,
): string[] | undefined {
  const names: string[] = [];
  for (const { location } of messages) {
    const inside = location?.file.split(/(?:^|[\\/])node_modules[\\/]/).at(-1);
    if (location === null || inside === undefined || inside === location.file) return undefined;
    const name = packageName(inside.replaceAll("\\", "/"));
    if (outside.has(name)) return undefined;
    names.push(name);
  }
  return names.length === 0 ? undefined : names;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}
