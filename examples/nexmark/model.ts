// The world of Nexmark (Tucker, Tufte, Papadimos, Maier: "NEXMark, a benchmark for queries over data
// streams"): people offer items at auctions, and others bid. Times are milliseconds since the epoch,
// prices cents.

export interface Person {
  readonly kind: "person";
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly creditCard: string;
  readonly city: string;
  readonly state: string;
  readonly at: number;
  readonly extra: string;
}

export interface Auction {
  readonly kind: "auction";
  readonly id: number;
  readonly item: string;
  readonly description: string;
  readonly initialBid: number;
  /** The least price at which the item is sold. */
  readonly reserve: number;
  readonly at: number;
  readonly expires: number;
  readonly seller: number;
  readonly category: number;
  readonly extra: string;
}

export interface Bid {
  readonly kind: "bid";
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly at: number;
  readonly extra: string;
}

export type Event = Person | Auction | Bid;

export function isPerson(event: Event): event is Person {
  return event.kind === "person";
}

export function isAuction(event: Event): event is Auction {
  return event.kind === "auction";
}

export function isBid(event: Event): event is Bid {
  return event.kind === "bid";
}
