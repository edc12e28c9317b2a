/** A file to read. */
export interface InputFile extends FilePart {
  /** In bytes, of all files of the source together. */
  readonly total: number;
  /** Small files that are read after it, as if they were one with it. Default: none. */
  readonly joined?: JoinedFiles;
}

/** A file of those that are read as one. */
export interface FilePart {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** What its file system calls this state of it, where it has a name for that. */
  readonly version?: string | undefined;
}

/** Files as one text: hundreds of objects would take longer to encode than the files to read. */
export interface JoinedFiles {
  /** Path, size and version of each, with {@link SEPARATOR} between them. */
  readonly text: string;
  /** In bytes, of all of them. */
  readonly size: number;
}

/** No path of a disk can hold it. */
const SEPARATOR = "\0";
const FIELDS = 3;

/** False of a key of S3 that holds what separates files. */
export function canBeJoined({ path, version = "" }: FilePart): boolean {
  return !path.includes(SEPARATOR) && !version.includes(SEPARATOR);
}

/** Undefined where there are none. */
export function joinedFiles(parts: readonly FilePart[]): JoinedFiles | undefined {
  if (parts.length === 0) return undefined;
  const fields = parts.flatMap(({ path, size, version = "" }) => [path, size, version]);
  return {
    text: fields.join(SEPARATOR),
    size: parts.reduce((sum, { size }) => sum + size, 0),
  };
}

/** A file, and those that are read after it. */
export function partsOf(file: InputFile): readonly FilePart[] {
  const { joined } = file;
  if (joined === undefined) return [file];
  const fields = joined.text.split(SEPARATOR);
  const parts: FilePart[] = [file];
  for (let at = 0; at < fields.length; at += FIELDS) {
    const [path = "", size = "", version = ""] = fields.slice(at, at + FIELDS);
    parts.push({ path, size: Number(size), version: version === "" ? undefined : version });
  }
  return parts;
}
