import type { PCollection } from "beamline";
import type { Event } from "../model.js";
import { passThrough } from "./q0-pass-through.js";
import { currency } from "./q1-currency.js";
import { selection } from "./q2-selection.js";
import { localItems } from "./q3-local-items.js";
import { averagePrice } from "./q4-average-price.js";
import { hotItems } from "./q5-hot-items.js";
import { sellerAverage } from "./q6-seller-average.js";
import { highestBid } from "./q7-highest-bid.js";
import { newSellers } from "./q8-new-sellers.js";
import { winningBids } from "./q9-winning-bids.js";
import { logToFiles } from "./q10-log-to-files.js";
import { userSessions } from "./q11-user-sessions.js";
import { bidsByClock } from "./q12-bids-by-clock.js";

type Query = (events: PCollection<Event>) => PCollection<unknown>;

/**
 * The queries of Nexmark by number.
 *
 * @param folder - Where query 10 writes its files.
 */
export function nexmarkQueries(folder: string): readonly Query[] {
  return [
    passThrough,
    currency,
    selection,
    localItems,
    averagePrice,
    hotItems,
    sellerAverage,
    highestBid,
    newSellers,
    winningBids,
    logToFiles(folder),
    userSessions,
    bidsByClock,
  ];
}
