import { fixedWindows, type PCollection } from "beamline";
import { type Bid, type Event, isBid } from "../model.js";

/** Query 7: the bids with the highest price of every ten seconds; the price comes from the side. */
export function highestBid(events: PCollection<Event>): PCollection<Bid> {
  const bids = events
    .filter("Bids", isBid)
    .window("EveryTenSeconds", fixedWindows({ seconds: 10 }));
  const highest = bids
    .map("Price", ({ price }) => price)
    .max("Highest")
    .asSingleton({ default: undefined });
  return bids.filter("AreHighest", (bid, ctx) => bid.price === ctx.side.highest, {
    side: { highest },
  });
}
