import type { PCollection } from "beamline";
import { type Bid, type Event, isBid } from "../model.js";

/** Query 1: every bid with its price in euros. */
export function currency(events: PCollection<Event>): PCollection<Bid> {
  return events
    .filter("Bids", isBid)
    .map("ToEuros", (bid) => ({ ...bid, price: Math.floor((bid.price * 89) / 100) }));
}
