import type { App } from "./spark-application.js";
import { type Storage, type StoredObject, s3Place } from "./storage.js";

/** Where the event logs of an application's runs are. */
export interface EventLogPlace {
  readonly bucket: string;
  /** `prefix/spark-events/`. */
  readonly folder: string;
}

export function eventLogPlace({ eventLogs }: Pick<App, "eventLogs">): EventLogPlace | undefined {
  const place = eventLogs === undefined ? undefined : s3Place(eventLogs);
  return place && { bucket: place.bucket, folder: `${place.key.replace(/\/+$/, "")}/` };
}

/**
 * The objects that make up the event logs of some runs: one a run, whose name has more behind the
 * run's id while it goes on, or a folder of parts.
 */
export async function eventLogObjects(
  storage: Storage,
  folder: string,
  sparkIds: readonly string[],
): Promise<readonly StoredObject[]> {
  const found: StoredObject[] = [];
  for (const id of sparkIds) {
    for (const prefix of [`${folder}${id}`, `${folder}eventlog_v2_${id}`]) {
      for await (const object of storage.list(prefix)) found.push(object);
    }
  }
  return found;
}

/** The text of a run's event log; undefined when there is none that can be read here. */
export async function readEventLogText(
  storage: Storage,
  folder: string,
  sparkId: string,
): Promise<string | undefined> {
  const objects = (await eventLogObjects(storage, folder, [sparkId])).filter(
    // Compressed ones are for the History Server.
    ({ key, size }) =>
      size > 0 && !/\.(zstd|lz4|lzf|snappy)$/.test(key.replace(/\.inprogress$/, "")),
  );
  if (objects.length === 0) return undefined;
  const parts: string[] = [];
  for (const { key } of [...objects].sort((a, b) =>
    a.key.localeCompare(b.key, "en", { numeric: true }),
  )) {
    const bytes = await storage.get(key);
    if (bytes !== undefined) parts.push(new TextDecoder().decode(bytes));
  }
  return parts.join("\n");
}
