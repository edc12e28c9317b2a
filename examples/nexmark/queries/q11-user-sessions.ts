import { type PCollection, sessions } from "beamline";
import { type Event, isBid } from "../model.js";

export interface UserSession {
  readonly bidder: number;
  readonly bids: number;
  readonly start: number;
  readonly end: number;
}

/** Query 11: how many bids a user made in each time of activity, which ten idle seconds end. */
export function userSessions(events: PCollection<Event>): PCollection<UserSession> {
  return events
    .filter("Bids", isBid)
    .window("Sessions", sessions({ seconds: 10 }))
    .map("Bidder", ({ bidder }) => bidder)
    .countPerElement("Bids per session")
    .map("Session", ([bidder, bids], { window }): UserSession => {
      const { start, end } = window;
      return { bidder, bids, start, end };
    });
}
