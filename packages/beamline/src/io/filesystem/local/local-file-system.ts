import { randomBytes } from "node:crypto";
import { closeSync, openSync, type Stats, statSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BeamlineError } from "../../../model/errors.js";
import type {
  ByteRange,
  FileInfo,
  FileOptions,
  FileSystem,
  FileWriter,
  PendingMove,
  ReadOptions,
} from "../file-system.js";
import { compileGlob, isGlob } from "../glob.js";
import { walk } from "./local-glob.js";
import { readLocal } from "./local-reader.js";
import { statOf } from "./local-stat.js";
import { versionOf } from "./local-version.js";
import { LocalFileWriter } from "./local-writer.js";
import { fileError, fileErrorOf } from "./system-errors.js";

/** Files to open before the thread does something else again: some ten milliseconds of them. */
const FILES_A_TURN = 1000;

/**
 * The files of this machine. Looking at one happens on the calling thread: a `stat` takes some
 * microseconds, and handing it to another thread ten times that.
 */
export class LocalFileSystem implements FileSystem {
  async *match(glob: string, { signal }: FileOptions = {}): AsyncGenerator<FileInfo> {
    const itself = statOf(glob);
    if (itself?.isFile() === true) {
      yield infoOf(glob, itself);
      return;
    }
    if (!isGlob(glob)) return;
    const found = new Set<string>();
    for (const { absolute, segments } of compileGlob(glob).alternatives) {
      await walk(absolute ? "/" : "", segments, found, signal);
    }
    for (const path of [...found].sort()) {
      const stats = statOf(path);
      if (stats?.isFile() === true) yield infoOf(path, stats);
    }
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    const stats = statOf(path);
    return stats?.isFile() === true ? infoOf(path, stats) : undefined;
  }

  async requireReadable(path: string): Promise<void> {
    try {
      if (statSync(path).isDirectory()) throw fileErrorOf("EISDIR", "read", path);
      // Opening asks for all that reading will: access() would ask for the real user, not the effective one.
      closeSync(openSync(path, "r"));
    } catch (cause) {
      throw fileError("read", path, cause);
    }
  }

  /** Asks for each: that costs little, and files have permissions of their own. */
  async unreadable(files: readonly FileInfo[]): Promise<readonly unknown[]> {
    const problems: unknown[] = [];
    for (const [index, { path }] of files.entries()) {
      if (index % FILES_A_TURN === FILES_A_TURN - 1) await setImmediate();
      try {
        closeSync(openSync(path, "r"));
      } catch (cause) {
        problems.push(fileError("read", path, cause));
      }
    }
    return problems;
  }

  async requireWritable(prefix: string): Promise<void> {
    if (statOf(prefix)?.isDirectory() === true) throw fileErrorOf("EISDIR", "write", prefix);
    // Folders that are missing will be made, so the nearest one that is there must take new files.
    let folder = dirname(prefix);
    while (statOf(folder) === undefined && dirname(folder) !== folder) folder = dirname(folder);
    const probe = join(folder, `.beamline-probe-${randomBytes(6).toString("hex")}`);
    try {
      if (!statSync(folder).isDirectory()) throw fileErrorOf("ENOTDIR", "write", prefix);
      // Permissions, read-only mounts and full disks: trying is the only test that knows them all.
      await (await open(probe, "wx")).close();
      await rm(probe, { force: true });
    } catch (cause) {
      throw fileError("write", prefix, cause);
    }
  }

  read(path: string, range: ByteRange, options: ReadOptions = {}): AsyncIterable<Buffer> {
    return readLocal(path, range, options);
  }

  create(path: string): Promise<FileWriter> {
    return LocalFileWriter.create(path);
  }

  /** A rename takes no time, so all of it is left for the end. */
  async prepareMove({ path: from }: Pick<FileInfo, "path">, to: string): Promise<PendingMove> {
    return {
      async complete() {
        try {
          await mkdir(dirname(to), { recursive: true });
          await rename(from, to);
        } catch (cause) {
          throw fileError(`rename "${from}" to`, to, cause);
        }
      },
      async abandon() {},
    };
  }

  async delete(path: string): Promise<void> {
    try {
      await rm(path, { force: true });
    } catch (cause) {
      throw fileError("delete", path, cause);
    }
  }

  async deleteFolder(path: string): Promise<void> {
    try {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    } catch (cause) {
      throw fileError("delete", path, cause);
    }
  }
}

/** The path in a `file://` URL; a bare path as it is. */
export function localPath(urlOrPath: string): string {
  if (!/^file:\/\//i.test(urlOrPath)) return withSlashes(urlOrPath);
  try {
    // In a path, these are not the marks of a query or a fragment.
    return withSlashes(fileURLToPath(urlOrPath.replaceAll("?", "%3F").replaceAll("#", "%23")));
  } catch (cause) {
    throw new BeamlineError(
      "BAD_FILE_URL",
      `Cannot open "${urlOrPath}": ${cause instanceof Error ? cause.message : String(cause)}; write file:///folder/name, or just the path`,
      { cause },
    );
  }
}

function withSlashes(path: string): string {
  return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}

function infoOf(path: string, stats: Stats): FileInfo {
  return { path, size: stats.size, modified: stats.mtimeMs, version: versionOf(stats) };
}
