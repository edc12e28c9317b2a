import type { FileInfo } from "../file-system.js";
import type { Segment } from "../glob.js";
import { inParallel } from "../in-parallel.js";
import { listS3 } from "./s3-list.js";
import type { S3Store } from "./s3-store.js";

/** Folders that are listed at the same time. */
const LISTINGS = 16;

export interface GlobWalk {
  readonly store: S3Store;
  readonly bucket: string;
  /** By path. */
  readonly found: Map<string, FileInfo>;
  /** Looks at one object. */
  readonly stat: (key: string) => Promise<FileInfo | undefined>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds the objects below `folder` ("" or with a closing slash) that `segments` lead to. Only
 * folders that can hold some are listed; everything below a `**` is listed once.
 */
export async function walkS3(
  walk: GlobWalk,
  folder: string,
  segments: readonly Segment[],
): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  switch (segment.kind) {
    case "literal": {
      const key = folder + segment.text;
      if (rest.length > 0) return walkS3(walk, `${key}/`, rest);
      const file = await walk.stat(key);
      if (file !== undefined) walk.found.set(file.path, file);
      return;
    }
    case "pattern": {
      const nested: string[] = [];
      for await (const { files, folders } of list(walk, folder + segment.start, true)) {
        if (rest.length === 0) keep(walk, folder, files, segments);
        else nested.push(...folders.filter((path) => accepts(segment, nameOf(path, folder))));
      }
      await inParallel(nested, LISTINGS, (path) => walkS3(walk, path, rest));
      return;
    }
    case "folders":
      for await (const { files } of list(walk, folder, false)) keep(walk, folder, files, segments);
  }
}

function list({ store, bucket, signal }: GlobWalk, key: string, oneLevel: boolean) {
  return listS3(store, { bucket, key }, { oneLevel, signal });
}

function keep(
  { bucket, found }: GlobWalk,
  folder: string,
  files: readonly FileInfo[],
  segments: readonly Segment[],
): void {
  const from = `s3://${bucket}/${folder}`.length;
  for (const file of files) {
    // A key that ends in a slash stands for a folder in S3's console.
    if (file.path.endsWith("/")) continue;
    if (leadTo(file.path.slice(from).split("/"), segments)) found.set(file.path, file);
  }
}

function nameOf(path: string, folder: string): string {
  return path.slice(folder.length, -1);
}

/** Whether the names of a path fit the segments, all of both. */
function leadTo(names: readonly string[], segments: readonly Segment[]): boolean {
  const [segment, ...rest] = segments;
  const [name, ...below] = names;
  if (segment === undefined || name === undefined)
    return segment === undefined && name === undefined;
  if (segment.kind !== "folders") return accepts(segment, name) && leadTo(below, rest);
  // A pattern that ends in ** means every file below.
  if (rest.length === 0) return names.every((each) => !each.startsWith("."));
  return leadTo(names, rest) || (!name.startsWith(".") && leadTo(below, segments));
}

function accepts(segment: Exclude<Segment, { kind: "folders" }>, name: string): boolean {
  if (segment.kind === "literal") return name === segment.text;
  return (segment.hidden || !name.startsWith(".")) && segment.test.test(name);
}
