/** A file as a listing shows it. */
export interface FileInfo {
  /** In the form that the same file system takes: usable as it is in every call. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** When the file was last changed, in milliseconds since 1970. */
  readonly modified: number;
  /** Changes whenever the content does, where the file system knows: an ETag. */
  readonly version?: string;
}

export interface FileOptions {
  /** Ends the call early; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Bytes `[start, end)` of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ReadOptions extends FileOptions {
  /** Bytes in one block, at most. Default: 1 MiB. */
  readonly blockSize?: number;
  /** The version that a listing showed. If the file is another one by now, `FILE_CHANGED` is thrown. */
  readonly version?: string | undefined;
}

/** A file on its way to another path, where nobody sees it yet. */
export interface PendingMove {
  /** Shows the file under its new path, in place of an earlier one. */
  complete(): Promise<void>;
  /** Leaves the file where it was. Does nothing after `complete`. */
  abandon(): Promise<void>;
}

/** A file in the making. Nobody sees it under its path until `close` has resolved. */
export interface FileWriter {
  /** Appends. `bytes` may be changed again once the result has resolved, or at once if it is undefined. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Completes the file and shows it, in place of an earlier one of its path. */
  close(): Promise<void>;
  /** Leaves nothing behind. Does nothing after `close` or another `abort`. */
  abort(): Promise<void>;
}

/**
 * Files by path, wherever they are: what connectors see of a disk or an object store. `/` separates
 * folders. Errors are BeamlineErrors that name the path, with the codes `FILE_NOT_FOUND`,
 * `PERMISSION_DENIED`, `IS_A_DIRECTORY`, `NOT_A_DIRECTORY`, `READ_ONLY_FILE_SYSTEM`, `DISK_FULL`,
 * `TOO_MANY_OPEN_FILES` and `FILE_FAILED`; those of a remote one also have codes of its own.
 */
export interface FileSystem {
  /**
   * The files that a glob matches ({@link compileGlob} has its rules), sorted by path, no folders.
   * A path that exists as it is written wins over its meaning as a glob. Nothing when none match.
   */
  match(glob: string, options?: FileOptions): AsyncIterable<FileInfo>;
  /** Undefined when there is no such file. */
  stat(path: string, options?: FileOptions): Promise<FileInfo | undefined>;
  /** Throws when the file can't be read. */
  requireReadable(path: string, options?: FileOptions): Promise<void>;
  /**
   * Why files of a listing can't be read: an error for each that can't. Cheap: made for many files,
   * and one may speak for others.
   */
  unreadable(files: readonly FileInfo[]): Promise<readonly unknown[]>;
  /**
   * Throws when files can't be created at paths that begin with `prefix`, or when a folder has that
   * very name. Leaves nothing behind.
   */
  requireWritable(prefix: string, options?: FileOptions): Promise<void>;
  /**
   * The bytes of `range`, block by block, while the next block is already on its way. A block is
   * valid until the next one is asked for. A file that ends within the range throws `FILE_SHRANK`.
   */
  read(path: string, range: ByteRange, options?: ReadOptions): AsyncIterable<Buffer>;
  /** Creates a file and the folders above it. */
  create(path: string, options?: FileOptions): Promise<FileWriter>;
  /**
   * Begins to move a file, and does all of it that takes long. A file system without renames may
   * leave `from` behind.
   */
  prepareMove(from: FileInfo, to: string, options?: FileOptions): Promise<PendingMove>;
  /** Deletes a file; fine when there is none. */
  delete(path: string, options?: FileOptions): Promise<void>;
  /** Deletes a folder with all that is in it; fine when there is none. */
  deleteFolder(path: string, options?: FileOptions): Promise<void>;
}
