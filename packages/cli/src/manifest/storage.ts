import type { ManifestInput } from "./manifest-input.js";

type Place = Pick<ManifestInput, "bucket" | "prefix">;

/** What a deployment keeps, as `s3://bucket/prefix/...`; without the scheme. */
export function underPrefix({ bucket, prefix }: Place, name: string): string {
  const middle = prefix === "" ? "" : `${prefix}/`;
  return `${bucket}/${middle}${name}`;
}

/**
 * Where Spark writes its event log, which a History Server shows; undefined when it writes none. The
 * folder has to be there before the job starts.
 */
export function eventLogUrl(place: Place, eventLog: string): string | undefined {
  if (eventLog === "none") return undefined;
  if (eventLog === "default") return `s3a://${underPrefix(place, "spark-events/")}`;
  return eventLog.replace(/^s3:/, "s3a:").replace(/\/*$/, "/");
}
