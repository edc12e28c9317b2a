/** One file of a zip archive, as its central directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where its local header begins, in bytes from the beginning of the file. */
  readonly offset: number;
  /** Its whole record in the central directory. */
  readonly record: Buffer;
}

/** The table of contents at the end of a zip archive. */
export interface ZipDirectory {
  /** In the directory's order. */
  readonly entries: readonly ZipEntry[];
  /** Where the directory begins, which is where the last entry's bytes end. */
  readonly offset: number;
}

export const METHOD_STORED = 0;
export const METHOD_DEFLATED = 8;
