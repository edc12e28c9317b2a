import { BeamlineError } from "../../model/errors.js";
import type { FileSystem } from "./file-system.js";
import { LocalFileSystem, localPath } from "./local/local-file-system.js";
import { s3Path } from "./s3/s3-path.js";

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

const local: Scheme = { open: once(async () => new LocalFileSystem()), toPath: localPath };

/** Its client is imported when the first of its files is asked for, and lives as long as the process. */
const s3: Scheme = {
  open: once(async () => (await import("./s3/open-s3.js")).openS3()),
  toPath: s3Path,
};

/** By the letters before `://`. */
const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ["file", local],
  ["s3", s3],
  // Hadoop's name for it, which people paste.
  ["s3a", s3],
]);

/** One for all callers; what failed is tried again with the next one. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

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
