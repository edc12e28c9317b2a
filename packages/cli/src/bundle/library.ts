import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { nearest } from "../text/nearest.js";

/** Finds packages that the command itself brings along, as `file:` URLs. */
export interface Library {
  /** Where `beamline`, a public subpath of it, or `zod` is; throws when there is no such module. */
  resolve(specifier: string): string;
}

/** The command's own installed copies. */
export const ownLibrary: Library = { resolve: (specifier) => import.meta.resolve(specifier) };

/** Packages that the library imports when they are needed, and does without otherwise. */
export function optionalPackages(library: Library): ReadonlySet<string> {
  const { peerDependenciesMeta = {} } = manifestOf(library);
  const names = Object.entries(peerDependenciesMeta).filter(
    ([, { optional }]) => optional === true,
  );
  return new Set(names.map(([name]) => name));
}

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

function manifestOf(library: Library): Manifest {
  const manifest = fileURLToPath(library.resolve("beamline/package.json"));
  return JSON.parse(readFileSync(manifest, "utf8"));
}

/** A hint for someone who imports a subpath of the library that does not exist. */
export function subpathHint(specifier: string, library: Library): string {
  const { exports } = manifestOf(library);
  const public_ = Object.keys(exports)
    .filter((subpath) => !subpath.endsWith(".json"))
    .map((subpath) => `beamline${subpath.slice(1)}`);
  const near = nearest(specifier, public_);
  return near === undefined ? `there are ${public_.join(", ")}` : `did you mean "${near}"?`;
}

/** Version of an installed package that exports its package.json. */
export function installedVersion(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
  return version;
}
