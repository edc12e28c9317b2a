import { DoFn, type PCollection, type ProcessContext } from "beamline";
import { type Auction, type Bid, type Event, isAuction, isBid } from "../model.js";

export interface WinningBid {
  readonly auction: Auction;
  readonly bid: Bid;
}

/** A bid may come before its auction is known, by so much. */
const PATIENCE = 600_000;

/**
 * Query 9: for each auction that has closed, the highest bid that came in time and met the reserve.
 * An event-time timer closes the auction.
 */
export function winningBids(events: PCollection<Event>): PCollection<WinningBid> {
  const auctions = events.filter("Auctions", isAuction).keyBy("AuctionId", ({ id }) => id);
  const bids = events.filter("Bids", isBid).keyBy("BidAuction", ({ auction }) => auction);
  return auctions.flatten("Both", bids).parDo("Close", () => new CloseFn());
}

class CloseFn extends DoFn<[number, Auction | Bid], WinningBid> {
  private readonly auction = this.valueState<Auction>();
  /** The best bid so far, once the auction is known. */
  private readonly best = this.valueState<Bid>();
  /** Bids that came before their auction. */
  private readonly early = this.bagState<Bid>();
  private readonly close = this.eventTimer((ctx) => {
    const auction = this.auction.read();
    const bid = this.best.read();
    if (auction !== undefined && bid !== undefined) ctx.output({ auction, bid });
    this.auction.clear();
    this.best.clear();
    this.early.clear();
  });

  override process([, element]: [number, Auction | Bid], ctx: ProcessContext<WinningBid>): void {
    if (element.kind === "bid") {
      const auction = this.auction.read();
      if (auction !== undefined) this.offer(auction, element);
      else {
        this.early.add(element);
        this.close.set(ctx.timestamp + PATIENCE);
      }
      return;
    }
    this.auction.write(element);
    for (const bid of this.early.read()) this.offer(element, bid);
    this.early.clear();
    this.close.set(element.expires);
  }

  private offer(auction: Auction, bid: Bid): void {
    if (!isValid(auction, bid)) return;
    const best = this.best.read();
    if (best === undefined || beats(bid, best)) this.best.write(bid);
  }
}

/** Whether a bid came while its auction was open, and is high enough. */
export function isValid({ at, expires, reserve }: Auction, bid: Bid): boolean {
  return bid.at >= at && bid.at < expires && bid.price >= reserve;
}

/** The higher price wins, and the earlier of equal ones. */
export function beats(a: Bid, b: Bid): boolean {
  return a.price !== b.price ? a.price > b.price : a.at < b.at;
}
