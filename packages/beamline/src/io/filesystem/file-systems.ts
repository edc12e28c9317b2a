import { BeamlineError } from "../../model/errors.js";
import type { FileSystem } from "./file-system.js";
import { LocalFileSystem, localPath } from "./local/local-file-system.js";

/** A path together with the file system that knows it. */
export interface Located {
  readonly fileSystem: FileSystem;
  /** The path in the form that this file system takes. */
  readonly path: string;
}

interface Scheme {
  readonly open: () => Promise<FileSystem>;
  readonly toPath: (url: string) => string;
}

/** By the letters before `://`. Heavy ones import their client only when they are opened. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ["file", { open: async () => new LocalFileSystem(), toPath: localPath }],
]);

/**
 * Finds the file system for a `scheme://` URL or a bare path, which is a local one. A scheme that
 * nobody serves throws `UNKNOWN_SCHEME`.
 */
export async function locate(urlOrPath: string): Promise<Located> {
  const scheme = schemeOf(urlOrPath);
  return { fileSystem: await scheme.open(), path: scheme.toPath(urlOrPath) };
}

/** The path of {@link locate}, without opening anything. `locate` takes it in place of the URL. */
export function pathOf(urlOrPath: string): string {
  return schemeOf(urlOrPath).toPath(urlOrPath);
}

function schemeOf(urlOrPath: string): Scheme {
  const name = /^([a-z][a-z0-9+.-]*):\/\//i.exec(urlOrPath)?.[1]?.toLowerCase() ?? "file";
  const scheme = SCHEMES.get(name);
  if (scheme !== undefined) return scheme;
  const known = [...SCHEMES.keys()].map((key) => `${key}://`).join(", ");
  throw new BeamlineError(
    "UNKNOWN_SCHEME",
    `Cannot open "${urlOrPath}": there is no file system for ${name}://; use a path without a scheme or one of ${known}`,
  );
}
