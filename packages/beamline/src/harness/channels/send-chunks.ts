import type { ElementsData } from "../../proto/elements-codec.js";
import type { Chunk } from "../bundle/messages.js";
import { segmentsOf } from "../bundle/segments-of.js";
import type { DataPlane } from "./data-plane.js";
import type { DescriptorInfo } from "./descriptor-cache.js";

/**
 * Sends chunks to the endpoints of their sinks, those for one endpoint as one message. The promise,
 * if there is one, asks to wait before sending more.
 */
export function sendChunks(
  data: DataPlane,
  { ports }: DescriptorInfo,
  chunks: readonly Chunk[],
): Promise<unknown> | undefined {
  const byEndpoint = new Map<string, ElementsData[]>();
  for (const chunk of chunks) {
    const endpoint = ports.get(chunk.transform) ?? "";
    const segments = segmentsOf(chunk);
    const present = byEndpoint.get(endpoint);
    if (present === undefined) byEndpoint.set(endpoint, segments);
    else present.push(...segments);
  }
  const waits: Promise<void>[] = [];
  for (const [endpoint, segments] of byEndpoint) {
    const wait = data.send(endpoint, segments);
    if (wait !== undefined) waits.push(wait);
  }
  return waits.length === 0 ? undefined : Promise.all(waits);
}

/** Sends the timers of a bundle, the mark of each family's end apart as with elements. */
export function sendTimers(
  data: DataPlane,
  { ports, timerEndpoint }: DescriptorInfo,
  chunks: readonly Chunk[],
): Promise<void> | undefined {
  if (chunks.length === 0) return undefined;
  const [anyPort] = ports.values();
  const endpoint = timerEndpoint ?? anyPort ?? "";
  const timers = chunks.flatMap((chunk) =>
    segmentsOf(chunk).map(({ data: bytes, ...segment }) => ({
      ...segment,
      timerFamilyId: chunk.family ?? "",
      timers: bytes,
    })),
  );
  return data.send(endpoint, [], timers);
}
