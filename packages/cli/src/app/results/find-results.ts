import type { Storage } from "../storage.js";
import { type S3Place, s3Place } from "../storage.js";
import { type Shard, type ShardSet, shardSets } from "./shards.js";

/**
 * The files that a pipeline has written to some places: those with shard numbers behind the name
 * that it was given. Of two sets under one name the larger number of shards is not the newer one,
 * so both are returned.
 *
 * @param open - The storage of a bucket.
 */
export async function findResults(
  places: readonly string[],
  open: (bucket: string) => Promise<Storage>,
): Promise<readonly ShardSet[]> {
  const found: Shard[] = [];
  for (const { bucket, key } of distinct(places)) {
    // A glob or a folder is something to read: nothing writes shards under such a name.
    if (key === "" || /[*?[{]/.test(key)) continue;
    const storage = await open(bucket);
    for await (const { key: each, size } of storage.list(`${key}-`)) {
      found.push({ url: `s3://${bucket}/${each}`, size });
    }
    if (key.endsWith("/")) {
      for await (const { key: each, size } of storage.list(key)) {
        found.push({ url: `s3://${bucket}/${each}`, size });
      }
    }
  }
  return shardSets(found);
}

function distinct(places: readonly string[]): S3Place[] {
  return [...new Set(places)].flatMap((place) => s3Place(place) ?? []);
}

/**
 * What writes that were broken off have left: a write keeps its drafts in a hidden folder beside
 * the files that it is to make.
 */
export async function findDrafts(
  places: readonly string[],
  open: (bucket: string) => Promise<Storage>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { bucket, key } of distinct(places)) {
    const slash = key.lastIndexOf("/") + 1;
    const folder = `${key.slice(0, slash)}.beamline-temp-${key.slice(slash)}`;
    for await (const { key: each } of (await open(bucket)).list(folder)) {
      // Of this output, and not of another one whose name is longer.
      if (/^[/@]/.test(each.slice(folder.length))) found.push(`s3://${bucket}/${each}`);
    }
  }
  return found;
}
