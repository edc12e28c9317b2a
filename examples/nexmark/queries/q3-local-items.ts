import { DoFn, type PCollection, type ProcessContext } from "beamline";
import { type Auction, type Event, isAuction, isPerson, type Person } from "../model.js";

export interface LocalItem {
  readonly name: string;
  readonly city: string;
  readonly state: string;
  readonly auction: number;
}

const CATEGORY = 10;
const STATES = new Set(["OR", "ID", "CA"]);
/** How long an auction may wait for its seller to be known, and a seller for auctions. */
const PATIENCE = 600_000;

/**
 * Query 3: items of one category whose sellers live nearby. A join without windows: whichever side
 * comes first waits in the state of the seller's key.
 */
export function localItems(events: PCollection<Event>): PCollection<LocalItem> {
  const auctions = events
    .filter("Auctions", isAuction)
    .filter("OneCategory", ({ category }) => category === CATEGORY)
    .keyBy("BySeller", ({ seller }) => seller);
  const people = events
    .filter("People", isPerson)
    .filter("Nearby", ({ state }) => STATES.has(state))
    .keyBy("ById", ({ id }) => id);
  return auctions.flatten("Both", people).parDo("Join", () => new JoinFn());
}

type Side = Auction | Person;

class JoinFn extends DoFn<[number, Side], LocalItem> {
  private readonly person = this.valueState<Person>();
  private readonly waiting = this.bagState<Auction>();
  private readonly forget = this.eventTimer(() => {
    this.person.clear();
    this.waiting.clear();
  });

  override process([, side]: [number, Side], ctx: ProcessContext<LocalItem>): void {
    if (side.kind === "auction") {
      const person = this.person.read();
      if (person === undefined) this.waiting.add(side);
      else ctx.output(localItem(person, side));
    } else {
      this.person.write(side);
      for (const auction of this.waiting.read()) ctx.output(localItem(side, auction));
      this.waiting.clear();
    }
    this.forget.set(ctx.timestamp + PATIENCE);
  }
}

function localItem({ name, city, state }: Person, { id }: Auction): LocalItem {
  return { name, city, state, auction: id };
}
