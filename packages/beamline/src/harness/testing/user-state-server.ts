import type { StateKey, StateRequest } from "../../proto/gen/fn-execution/state_pb.js";

export type BagKey = Extract<StateKey["type"], { case: "bagUserState" }>["value"];

type Answer =
  | { readonly case: "get"; readonly value: { data: Uint8Array; continuationToken: Uint8Array } }
  | { readonly case: "append"; readonly value: Record<never, never> }
  | { readonly case: "clear"; readonly value: Record<never, never> };

/** Answers what a worker asks about a bag of user state. */
export type ServeUserState = (key: BagKey, request: StateRequest["request"]) => Answer;

/** Where bags are kept. */
export interface Bags {
  read(key: BagKey): Uint8Array;
  append(key: BagKey, data: Uint8Array): void;
  clear(key: BagKey): void;
}

/** Serves bags in pages of a few bytes, so that values go on from one to the next. */
export function serveUserState(bags: Bags, pageBytes = 5): ServeUserState {
  return (key, request) => {
    switch (request.case) {
      case "append":
        // A copy: what came is a view of a message.
        bags.append(key, Uint8Array.from(request.value.data));
        return { case: "append", value: {} };
      case "clear":
        bags.clear(key);
        return { case: "clear", value: {} };
      default: {
        const all = bags.read(key);
        const token = request.case === "get" ? request.value.continuationToken : [];
        const start = Number(Buffer.from(token).toString() || "0");
        const end = start + pageBytes;
        const more = end < all.length ? String(end) : "";
        const data = all.subarray(start, end);
        return { case: "get", value: { data, continuationToken: Buffer.from(more) } };
      }
    }
  };
}

export function userStateInMemory(pageBytes?: number): ServeUserState {
  const bags = new Map<string, Uint8Array>();
  const kept: Bags = {
    read: (key) => bags.get(idOf(key)) ?? new Uint8Array(0),
    append: (key, data) =>
      void bags.set(idOf(key), Buffer.concat([bags.get(idOf(key)) ?? new Uint8Array(0), data])),
    clear: (key) => void bags.delete(idOf(key)),
  };
  return serveUserState(kept, pageBytes);
}

function idOf({ transformId, userStateId, window, key }: BagKey): string {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  return [transformId, userStateId, hex(window), hex(key)].join(" ");
}
