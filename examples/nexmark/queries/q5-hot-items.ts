import { combineFn, type PCollection, slidingWindows } from "beamline";
import { type Event, isBid } from "../model.js";

/** The auctions with the most bids, in the order of their ids. */
export interface HotItems {
  readonly auctions: readonly number[];
  readonly bids: number;
}

/** Query 5: which auctions have had the most bids in the last ten seconds, every five. */
export function hotItems(events: PCollection<Event>): PCollection<HotItems> {
  return events
    .filter("Bids", isBid)
    .window("Recent", slidingWindows({ size: { seconds: 10 }, every: { seconds: 5 } }))
    .map("Auction", ({ auction }) => auction)
    .countPerElement("BidsPerAuction")
    .combineGlobally("Most", hottest)
    .map(
      "Sort",
      ({ auctions, bids }): HotItems => ({
        auctions: [...auctions].sort((a, b) => a - b),
        bids,
      }),
    );
}

const NONE: HotItems = { auctions: [], bids: 0 };

function better(a: HotItems, b: HotItems): HotItems {
  if (a.bids !== b.bids) return a.bids > b.bids ? a : b;
  return { auctions: [...a.auctions, ...b.auctions], bids: a.bids };
}

const hottest = combineFn<[number, number], HotItems, HotItems>({
  create: () => NONE,
  add: (most, [auction, bids]) => better(most, { auctions: [auction], bids }),
  merge: better,
  extract: (most) => most,
});
