import { coGroupByKey, fixedWindows, type PCollection } from "beamline";
import { type Event, isAuction, isPerson } from "../model.js";

export interface NewSeller {
  readonly id: number;
  readonly name: string;
  readonly reserve: number;
}

/** Query 8: people who have joined and offered an item within the same ten seconds. */
export function newSellers(events: PCollection<Event>): PCollection<NewSeller> {
  const tenSeconds = fixedWindows({ seconds: 10 });
  const people = events
    .filter("People", isPerson)
    .window("PeopleWindow", tenSeconds)
    .keyBy("ById", ({ id }) => id);
  const auctions = events
    .filter("Auctions", isAuction)
    .window("AuctionWindow", tenSeconds)
    .keyBy("BySeller", ({ seller }) => seller);
  return coGroupByKey("Join", { people, auctions }).flatMap("NewSeller", ([id, joined]) => {
    const [person] = joined.people;
    if (person === undefined) return [];
    return Array.from(
      joined.auctions,
      ({ reserve }): NewSeller => ({ id, name: person.name, reserve }),
    );
  });
}
