import type { PCollection } from "beamline";
import type { Event } from "../model.js";

/** Query 0: every event as it is. What remains is the price of the engine. */
export function passThrough(events: PCollection<Event>): PCollection<Event> {
  return events.map("PassThrough", (event) => event);
}
