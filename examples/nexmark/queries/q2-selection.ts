import type { PCollection } from "beamline";
import { type Event, isBid } from "../model.js";

export interface AuctionPrice {
  readonly auction: number;
  readonly price: number;
}

/** Query 2: the bids for one auction in 123. */
export function selection(events: PCollection<Event>): PCollection<AuctionPrice> {
  return events
    .filter("Bids", isBid)
    .filter("OneIn123", ({ auction }) => auction % 123 === 0)
    .map("AuctionPrice", ({ auction, price }): AuctionPrice => ({ auction, price }));
}
