import type { Auction, Bid, Event, Person } from "./model.js";

// The standard generator of Nexmark, with Beam's default settings: event `n` is a function of `n`,
// so that any worker makes any part of the stream. Of 50 events one is a person, three are auctions
// and 46 are bids.

const PERSONS = 1;
const AUCTIONS = 3;
const ROUND = 50;

/** Ids below these belong to nobody. */
const FIRST_PERSON = 1000;
const FIRST_AUCTION = 1000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;

/** People who may still act, and auctions that are open at a time. */
const ACTIVE_PEOPLE = 1000;
const OPEN_AUCTIONS = 100;
/** Ids that do not exist yet may be used: by so much. */
const PERSON_LEAD = 10;
const AUCTION_LEAD = 10;

/** One in so many goes to somebody who is not "hot"; every hundredth id is hot. */
const HOT_AUCTION_RATIO = 2;
const HOT_SELLER_RATIO = 4;
const HOT_BIDDER_RATIO = 4;
const HOT_STEP = 100;

/** Average sizes in bytes. */
const PERSON_SIZE = 200;
const AUCTION_SIZE = 500;
const BID_SIZE = 100;

const STATES = ["AZ", "CA", "ID", "OR", "WA", "WY"] as const;
const CITIES = [
  "Phoenix",
  "Los Angeles",
  "San Francisco",
  "Boise",
  "Portland",
  "Bend",
  "Redmond",
  "Seattle",
  "Kent",
  "Cheyenne",
] as const;
const FIRST_NAMES = [
  "Peter",
  "Paul",
  "Luke",
  "John",
  "Saul",
  "Vicky",
  "Kate",
  "Julie",
  "Sarah",
  "Deiter",
  "Walter",
] as const;
const LAST_NAMES = [
  "Shultz",
  "Abrams",
  "Spencer",
  "White",
  "Bartels",
  "Walton",
  "Smith",
  "Jones",
  "Noris",
] as const;

export interface GeneratorOptions {
  /** Event time of the first event. */
  readonly start: number;
  /** Events in a second of event time. */
  readonly rate: number;
}

/** Event time of event `n`. */
export function timeOf(n: number, { start, rate }: GeneratorOptions): number {
  return start + Math.floor((n * 1000) / rate);
}

/** Makes event number `n`. */
export function eventAt(n: number, options: GeneratorOptions): Event {
  const random = new Random(n);
  const place = n % ROUND;
  if (place < PERSONS) return person(n, random, options);
  return place < PERSONS + AUCTIONS ? auction(n, random, options) : bid(n, random, options);
}

function person(n: number, random: Random, options: GeneratorOptions): Person {
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const name = `${first} ${last}`;
  const email = `${random.letters(7)}@${random.letters(5)}.com`;
  const creditCard = random.digits(16);
  const city = random.pick(CITIES);
  const size = 8 + name.length + email.length + creditCard.length + city.length + 2;
  return {
    kind: "person",
    id: lastPerson(n) + FIRST_PERSON,
    name,
    email,
    creditCard,
    city,
    state: random.pick(STATES),
    at: timeOf(n, options),
    extra: random.padding(PERSON_SIZE - size),
  };
}

function auction(n: number, random: Random, options: GeneratorOptions): Auction {
  const isHot = random.below(HOT_SELLER_RATIO) > 0;
  const seller = isHot ? hot(lastPerson(n)) : anyPerson(n, random);
  const item = random.letters(20);
  const description = random.letters(100);
  const initialBid = price(random);
  const at = timeOf(n, options);
  return {
    kind: "auction",
    id: lastAuction(n) + FIRST_AUCTION,
    item,
    description,
    initialBid,
    reserve: initialBid + price(random),
    at,
    expires: at + auctionLength(n, random, options),
    seller: seller + FIRST_PERSON,
    category: FIRST_CATEGORY + random.below(CATEGORIES),
    extra: random.padding(AUCTION_SIZE - 8 * 7 - item.length - description.length),
  };
}

function bid(n: number, random: Random, options: GeneratorOptions): Bid {
  const isHotAuction = random.below(HOT_AUCTION_RATIO) > 0;
  const auction = isHotAuction ? hot(lastAuction(n)) : anyAuction(n, random);
  const isHotBidder = random.below(HOT_BIDDER_RATIO) > 0;
  const bidder = isHotBidder ? hot(lastPerson(n)) + 1 : anyPerson(n, random);
  return {
    kind: "bid",
    auction: auction + FIRST_AUCTION,
    bidder: bidder + FIRST_PERSON,
    price: price(random),
    at: timeOf(n, options),
    extra: random.padding(BID_SIZE - 8 * 4),
  };
}

/** Number of the last person that event `n` may know, from 0. */
function lastPerson(n: number): number {
  return Math.floor(n / ROUND) * PERSONS + Math.min(n % ROUND, PERSONS - 1);
}

/** Number of the last auction that event `n` may know, from 0; -1 while there is none. */
function lastAuction(n: number): number {
  const place = n % ROUND;
  const round = Math.floor(n / ROUND);
  if (place < PERSONS) return round * AUCTIONS - 1;
  return round * AUCTIONS + Math.min(place - PERSONS, AUCTIONS - 1);
}

function hot(last: number): number {
  return Math.floor(Math.max(0, last) / HOT_STEP) * HOT_STEP;
}

function anyPerson(n: number, random: Random): number {
  const people = lastPerson(n) + 1;
  const active = Math.min(people, ACTIVE_PEOPLE);
  return people - active + random.below(active + PERSON_LEAD);
}

function anyAuction(n: number, random: Random): number {
  const last = lastAuction(n);
  const first = Math.max(last - OPEN_AUCTIONS, 0);
  return first + random.below(Math.max(0, last) - first + 1 + AUCTION_LEAD);
}

/** So long that about {@link OPEN_AUCTIONS} auctions are open at a time. */
function auctionLength(n: number, random: Random, options: GeneratorOptions): number {
  const events = Math.floor((OPEN_AUCTIONS * ROUND) / AUCTIONS);
  const horizon = timeOf(n + events, options) - timeOf(n, options);
  return 1 + random.below(Math.max(horizon * 2, 1));
}

function price(random: Random): number {
  return Math.round(10 ** (random.unit() * 6) * 100);
}

const LETTERS = Array.from({ length: 4096 }, (_, i) =>
  String.fromCharCode(97 + ((Math.imul(i + 1, 0x9e3779b1) >>> 16) % 26)),
).join("");

/** A stream of numbers that follows from a seed alone (SplitMix, in 32 bits). */
class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.floor(seed / 2 ** 32)) | 0;
  }

  private next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  }

  /** From 0 up to, but not including, 1. */
  unit(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number from 0 up to, but not including, `bound`. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  letters(length: number): string {
    const start = this.below(LETTERS.length - length);
    return LETTERS.slice(start, start + length);
  }

  digits(length: number): string {
    return String(Math.floor(this.unit() * 10 ** length)).padStart(length, "0");
  }

  /** Text that brings an event to its size, within a fifth. */
  padding(size: number): string {
    return size <= 0 ? "" : this.letters(Math.floor(size * (0.8 + this.unit() * 0.4)));
  }
}
