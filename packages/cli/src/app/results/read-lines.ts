import { gunzipSync } from "node:zlib";
import type { Storage } from "../storage.js";
import { s3Place } from "../storage.js";
import type { ShardSet } from "./shards.js";

/** The lines of a set of shards, one shard in memory at a time. */
export async function* readLines(
  { shards }: ShardSet,
  open: (bucket: string) => Promise<Storage>,
): AsyncGenerator<string, void, undefined> {
  for (const { url } of shards) {
    const place = s3Place(url);
    if (place === undefined) continue;
    const storage = await open(place.bucket);
    const bytes = await storage.get(place.key);
    // Deleted since it was listed.
    if (bytes === undefined) continue;
    const text = new TextDecoder().decode(url.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    yield* lines;
  }
}
