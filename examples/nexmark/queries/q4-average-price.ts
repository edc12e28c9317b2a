import { mean, type PCollection, slidingWindows } from "beamline";
import type { Event } from "../model.js";
import { winningBids } from "./q9-winning-bids.js";

/** Query 4: the average selling price of each category, over the last ten seconds. */
export function averagePrice(events: PCollection<Event>): PCollection<[number, number]> {
  return events
    .apply("WinningBids", winningBids)
    .window("Recent", slidingWindows({ size: { seconds: 10 }, every: { seconds: 5 } }))
    .map("CategoryPrice", ({ auction, bid }): [number, number] => [auction.category, bid.price])
    .combinePerKey("Average", mean());
}
