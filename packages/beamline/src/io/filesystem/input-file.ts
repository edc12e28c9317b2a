/** A file to read. */
export interface InputFile {
  readonly path: string;
  /** In bytes, of it and of all files that are read with it. */
  readonly size: number;
  readonly total: number;
  /** What its file system calls this state of it, where it has a name for that. */
  readonly version?: string | undefined;
  /** Small files that are read after it, as if they were one with it. Default: none. */
  readonly joined?: readonly Pick<InputFile, "path" | "size" | "version">[];
}
