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
import { compileKeyGlob, isGlob } from "../glob.js";
import { inParallel } from "../in-parallel.js";
import { deleteBelow, deleteOne } from "./s3-delete.js";
import { isNotFound } from "./s3-errors.js";
import { walkS3 } from "./s3-glob.js";
import { listS3 } from "./s3-list.js";
import { prepareS3Move } from "./s3-move.js";
import { formatS3, parseS3Path } from "./s3-path.js";
import { requireS3Writable } from "./s3-probe.js";
import { readS3 } from "./s3-reader.js";
import type { S3Store } from "./s3-store.js";
import { S3Writer } from "./s3-writer.js";

/** Requests that ask whether something can be read. */
const CHECKS_AT_ONCE = 16;

/**
 * Objects in S3, or in a store that speaks its protocol, by `s3://bucket/key`. What separates
 * folders for globs is just a character of keys there: there are no folders to make.
 */
export class S3FileSystem implements FileSystem {
  private readonly store: S3Store;

  constructor(store: S3Store) {
    this.store = store;
  }

  async *match(glob: string, { signal }: FileOptions = {}): AsyncGenerator<FileInfo> {
    const { bucket, key } = parseS3Path(glob);
    const itself = await this.statUnlessDenied(glob, signal);
    if (itself !== undefined) yield itself;
    if (itself !== undefined || !isGlob(key)) return;
    const found = new Map<string, FileInfo>();
    const stat = (each: string) => this.stat(formatS3({ bucket, key: each }), { signal });
    for (const { segments } of compileKeyGlob(key).alternatives) {
      await walkS3({ store: this.store, bucket, found, stat, signal }, "", segments);
    }
    yield* [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async stat(path: string, { signal }: Partial<StatOptions> = {}): Promise<FileInfo | undefined> {
    const { bucket: Bucket, key: Key } = parseS3Path(path);
    const action = { verb: "read", path, permission: "s3:GetObject" };
    try {
      const { ContentLength, LastModified, ETag } = await this.store.run(
        action,
        signal,
        (client, sdk, options) => client.send(new sdk.HeadObjectCommand({ Bucket, Key }), options),
      );
      return {
        path,
        size: ContentLength ?? 0,
        modified: LastModified?.getTime() ?? 0,
        ...(ETag === undefined ? {} : { version: ETag }),
      };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      // The answer to a HEAD has no body, so nothing says what is wrong; that to a GET does.
      signal?.throwIfAborted();
      if (error instanceof BeamlineError && error.origin === "user") {
        await this.requireReadable(path, signal === undefined ? {} : { signal });
      }
      throw error;
    }
  }

  /** Access is given by prefix: one object of each folder speaks for it. */
  async unreadable(files: readonly FileInfo[]): Promise<readonly unknown[]> {
    const byFolder = new Map(files.map((file) => [folderOf(file.path), file]));
    const problems: unknown[] = [];
    await inParallel([...byFolder.values()], CHECKS_AT_ONCE, async ({ path }) => {
      await this.requireReadable(path).catch((error: unknown) => problems.push(error));
    });
    return problems;
  }

  /** Asks for the first byte, since only a read knows about keys, archives and permissions. */
  async requireReadable(path: string, { signal }: FileOptions = {}): Promise<void> {
    const { bucket: Bucket, key: Key } = parseS3Path(path);
    const action = { verb: "read", path, permission: "s3:GetObject" };
    try {
      await this.store.run(action, signal, async (client, sdk, options) => {
        const command = new sdk.GetObjectCommand({ Bucket, Key, Range: "bytes=0-0" });
        const { Body } = await client.send(command, options);
        await Body?.transformToByteArray();
      });
    } catch (error) {
      if (isEmpty(error)) return;
      if (isNotFound(error) && (await this.isFolder(path, signal))) throw folderError(path);
      throw error;
    }
  }

  async requireWritable(prefix: string, { signal }: FileOptions = {}): Promise<void> {
    await requireS3Writable(this.store, parseS3Path(prefix), signal);
  }

  read(path: string, range: ByteRange, options: ReadOptions = {}): AsyncIterable<Buffer> {
    return readS3(this.store, parseS3Path(path), range, options);
  }

  async create(path: string, { signal }: FileOptions = {}): Promise<FileWriter> {
    return new S3Writer(this.store, parseS3Path(path), signal);
  }

  prepareMove(from: FileInfo, to: string, options: FileOptions = {}): Promise<PendingMove> {
    return prepareS3Move(this.store, from, to, options);
  }

  async delete(path: string, { signal }: FileOptions = {}): Promise<void> {
    await deleteOne(this.store, parseS3Path(path), signal);
  }

  async deleteFolder(path: string, { signal }: FileOptions = {}): Promise<void> {
    const { bucket, key } = parseS3Path(path);
    await deleteBelow(this.store, { bucket, key: `${key}/` }, signal);
  }

  /** Whoever may list but not read gets the files of a glob, and then hears what is denied. */
  private async statUnlessDenied(
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<FileInfo | undefined> {
    try {
      return await this.stat(path, { signal });
    } catch (error) {
      const denied = error instanceof BeamlineError && error.code === "PERMISSION_DENIED";
      if (!denied || !isGlob(path)) throw error;
      return undefined;
    }
  }

  private async isFolder(path: string, signal: AbortSignal | undefined): Promise<boolean> {
    const { bucket, key } = parseS3Path(path.replace(/\/$/, ""));
    try {
      for await (const { files } of listS3(
        this.store,
        { bucket, key: `${key}/` },
        { maxKeys: 1, signal },
      )) {
        return files.length > 0;
      }
    } catch {
      // That it may not be listed is not what was asked.
    }
    return false;
  }
}

interface StatOptions {
  readonly signal: AbortSignal | undefined;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** S3 has no first byte to give of an empty object. */
function isEmpty(error: unknown): boolean {
  const cause = error instanceof BeamlineError ? error.cause : undefined;
  return cause instanceof Error && cause.name === "InvalidRange";
}

function folderError(path: string): BeamlineError {
  const folder = path.replace(/\/$/, "");
  return new BeamlineError(
    "IS_A_DIRECTORY",
    `Cannot read "${path}": it is a folder; write ${folder}/* for the objects in it`,
  );
}
