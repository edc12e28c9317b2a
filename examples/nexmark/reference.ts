import { eventAt, type GeneratorOptions } from "./generator.js";
import { type Auction, type Bid, type Event, isAuction, isBid, isPerson } from "./model.js";
import { beats, isValid, type WinningBid } from "./queries/q9-winning-bids.js";

// What the queries must give, by plain loops over all events: no windows, state or timers of ours.

export function allEvents(count: number, options: GeneratorOptions): Event[] {
  return Array.from({ length: count }, (_, n) => eventAt(n, options));
}

/** Starts of the windows of `size` that begin every `period` and hold `at`. */
function windowStarts(at: number, size: number, period: number): number[] {
  const starts: number[] = [];
  for (let start = at - (at % period); start > at - size; start -= period) starts.push(start);
  return starts;
}

function grouped<T, K>(items: readonly T[], keysOf: (item: T) => readonly K[]): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function winners(events: readonly Event[]): WinningBid[] {
  const bids = grouped(events.filter(isBid), ({ auction }) => [auction]);
  return events.filter(isAuction).flatMap((auction) => {
    let best: Bid | undefined;
    for (const bid of bids.get(auction.id) ?? []) {
      if (isValid(auction, bid) && (best === undefined || beats(bid, best))) best = bid;
    }
    return best === undefined ? [] : [{ auction, bid: best }];
  });
}

function localItems(events: readonly Event[]) {
  const people = new Map(events.filter(isPerson).map((person) => [person.id, person]));
  return events.filter(isAuction).flatMap(({ id, seller, category }) => {
    const person = people.get(seller);
    if (category !== 10 || person === undefined) return [];
    const { name, city, state } = person;
    return ["OR", "ID", "CA"].includes(state) ? [{ name, city, state, auction: id }] : [];
  });
}

function averagePrices(events: readonly Event[]) {
  const byWindow = grouped(winners(events), ({ auction }) =>
    windowStarts(auction.expires, 10_000, 5000).map((start) => `${start} ${auction.category}`),
  );
  return [...byWindow].map(([key, sales]) => [
    Number(key.split(" ")[1]),
    sales.reduce((sum, { bid }) => sum + bid.price, 0) / sales.length,
  ]);
}

function hotItems(events: readonly Event[]) {
  const byWindow = grouped(events.filter(isBid), ({ at }) => windowStarts(at, 10_000, 5000));
  return [...byWindow.values()].map((bids) => {
    const counts = [...grouped(bids, ({ auction }) => [auction])].map(
      ([auction, its]) => [auction, its.length] as const,
    );
    const most = Math.max(...counts.map(([, count]) => count));
    const auctions = counts.flatMap(([auction, count]) => (count === most ? [auction] : []));
    return { auctions: auctions.sort((a, b) => a - b), bids: most };
  });
}

/** The last average of each seller: those before depend on the order in which sales are seen. */
function sellerAverages(events: readonly Event[]) {
  const bySeller = grouped(winners(events), ({ auction }) => [auction.seller]);
  return [...bySeller].map(([seller, sales]) => {
    const last = sales
      .sort((a, b) => a.auction.expires - b.auction.expires || a.auction.id - b.auction.id)
      .slice(-10);
    return [seller, Math.round(last.reduce((sum, { bid }) => sum + bid.price, 0) / last.length)];
  });
}

function highestBids(events: readonly Event[]) {
  const byWindow = grouped(events.filter(isBid), ({ at }) => windowStarts(at, 10_000, 10_000));
  return [...byWindow.values()].flatMap((bids) => {
    const highest = Math.max(...bids.map(({ price }) => price));
    return bids.filter(({ price }) => price === highest);
  });
}

function newSellers(events: readonly Event[]) {
  const windowOf = (at: number) => at - (at % 10_000);
  const people = events.filter(isPerson);
  return events.filter(isAuction).flatMap((auction: Auction) => {
    const person = people.find(({ id }) => id === auction.seller);
    if (person === undefined || windowOf(person.at) !== windowOf(auction.at)) return [];
    return [{ id: person.id, name: person.name, reserve: auction.reserve }];
  });
}

function userSessions(events: readonly Event[]) {
  const byBidder = grouped(events.filter(isBid), ({ bidder }) => [bidder]);
  return [...byBidder].flatMap(([bidder, bids]) => {
    const found: { bidder: number; bids: number; start: number; end: number }[] = [];
    for (const at of bids.map((bid) => bid.at).sort((a, b) => a - b)) {
      const last = found.at(-1);
      if (last !== undefined && at <= last.end) {
        last.bids++;
        last.end = at + 10_000;
      } else found.push({ bidder, bids: 1, start: at, end: at + 10_000 });
    }
    return found;
  });
}

function bidsPerBidder(events: readonly Event[]) {
  return [...grouped(events.filter(isBid), ({ bidder }) => [bidder])].map(([bidder, bids]) => [
    bidder,
    bids.length,
  ]);
}

/** The results of query `query`; what the test makes of queries 6, 10 and 12 is said there. */
export function expectedResults(query: number, events: readonly Event[]): readonly unknown[] {
  switch (query) {
    case 0:
      return events;
    case 1:
      return events
        .filter(isBid)
        .map((bid) => ({ ...bid, price: Math.floor((bid.price * 89) / 100) }));
    case 2:
      return events
        .filter(isBid)
        .filter(({ auction }) => auction % 123 === 0)
        .map(({ auction, price }) => ({ auction, price }));
    case 3:
      return localItems(events);
    case 4:
      return averagePrices(events);
    case 5:
      return hotItems(events);
    case 6:
      return sellerAverages(events);
    case 7:
      return highestBids(events);
    case 8:
      return newSellers(events);
    case 9:
      return winners(events);
    case 10:
      return events;
    case 11:
      return userSessions(events);
    case 12:
      return bidsPerBidder(events);
    default:
      throw new Error(`There is no query ${query}`);
  }
}
