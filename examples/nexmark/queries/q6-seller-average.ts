import { afterCount, combineFn, globalWindows, type PCollection, repeatedly } from "beamline";
import type { Event } from "../model.js";
import { winningBids } from "./q9-winning-bids.js";

/** How many sales count. */
const SALES = 10;

/** Query 6: each seller's average price over the last ten sales, anew after every sale. */
export function sellerAverage(events: PCollection<Event>): PCollection<[number, number]> {
  return events
    .apply("WinningBids", winningBids)
    .window("EverySale", globalWindows(), {
      trigger: repeatedly(afterCount(1)),
      accumulation: "accumulating",
      allowedLateness: 0,
      onTime: "fire-if-nonempty",
    })
    .map("SellerSale", ({ auction, bid }): [number, Sale] => [
      auction.seller,
      { at: auction.expires, auction: auction.id, price: bid.price },
    ])
    .combinePerKey("LastSales", lastSales);
}

interface Sale {
  readonly at: number;
  readonly auction: number;
  readonly price: number;
}

function latest(sales: readonly Sale[]): Sale[] {
  return [...sales].sort((a, b) => a.at - b.at || a.auction - b.auction).slice(-SALES);
}

const lastSales = combineFn<Sale, Sale[], number>({
  create: () => [],
  add: (sales, sale) => latest([...sales, sale]),
  merge: (a, b) => latest([...a, ...b]),
  extract: (sales) =>
    Math.round(sales.reduce((sum, { price }) => sum + price, 0) / Math.max(1, sales.length)),
});
