import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

interface PackageJson {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/**
 * Resolves a package of this workspace to its TypeScript sources, so that unit tests need no build:
 * an export with the types `./dist/x.d.ts` becomes `src/x.ts`.
 */
function sourceAliases(folder: string): { find: RegExp; replacement: string }[] {
  const root = new URL(`./${folder}/`, import.meta.url);
  const { name, exports }: PackageJson = JSON.parse(
    readFileSync(new URL("package.json", root), "utf8"),
  );
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === "string") return [];
    const source = target.types.replace("./dist/", "./src/").replace(/\.d\.ts$/, ".ts");
    return [
      {
        find: new RegExp(`^${name}${subpath.slice(1)}$`),
        replacement: fileURLToPath(new URL(source, root)),
      },
    ];
  });
}

/**
 * Servers of others now and then lose a race of their own on a loaded machine (an operator that
 * looks at an application only after a minute, a Flink that keeps a timer back). Vitest says which
 * tests needed a second try. Nothing of ours alone is tried twice: unit tests are not.
 */
const RETRIES = process.env["CI"] === undefined ? 0 : 1;

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: sourceAliases("packages/beamline") },
        test: {
          name: "unit",
          // Of a loaded machine: nothing here takes more than a second on one that is not.
          testTimeout: 30_000,
          // Some take away what a server has kept.
          hookTimeout: 60_000,
          include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.mjs", "bench/**/*.test.mjs"],
        },
      },
      {
        // Runs what users run: the built packages, their real processes and worker threads.
        test: {
          name: "integration",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["test/kubernetes/pods/**", "**/node_modules/**"],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          // Several Java servers share two cores with the tests.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          retry: RETRIES,
          server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
        },
      },
      {
        // Runs inside a real Kubernetes: see tools/kubernetes/test.mjs.
        test: {
          name: "kubernetes",
          include: ["test/kubernetes/pods/**/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 600_000,
          hookTimeout: 600_000,
          retry: RETRIES,
          server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
        },
      },
    ],
  },
});
