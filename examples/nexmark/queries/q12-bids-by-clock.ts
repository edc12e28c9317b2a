import { afterProcessingTime, globalWindows, type PCollection, repeatedly } from "beamline";
import { type Event, isBid } from "../model.js";

/** Query 12: how many bids each user has made in every ten seconds of the clock on the wall. */
export function bidsByClock(events: PCollection<Event>): PCollection<[number, number]> {
  return events
    .filter("Bids", isBid)
    .window("TenSecondsOfClock", globalWindows(), {
      trigger: repeatedly(afterProcessingTime({ delay: { seconds: 10 } })),
      accumulation: "discarding",
      allowedLateness: 0,
    })
    .map("Bidder", ({ bidder }) => bidder)
    .countPerElement("Count");
}
