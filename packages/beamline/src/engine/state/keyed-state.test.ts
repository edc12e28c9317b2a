import { describe, expect, test } from "vitest";
import type { StateScope, TimerRecord } from "../../model/state-scope.js";
import { END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP } from "../../model/time.js";
import { KeyedState } from "./keyed-state.js";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const text = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString("latin1");

function scope(key: string, expiry = END_OF_GLOBAL_WINDOW): StateScope {
  return { key: bytes(key), window: bytes(String(expiry)), id: `${expiry} ${key}`, expiry };
}

function timer(key: string, fire: number, more: Partial<TimerRecord> = {}): TimerRecord {
  return {
    step: "S",
    family: "f",
    tag: "",
    scope: scope(key),
    domain: "event-time",
    fireTimestamp: fire,
    holdTimestamp: fire,
    ...more,
  };
}

const at = (watermark: number, processingTime = 0) => ({ watermark, processingTime });

describe("KeyedState", () => {
  test("keeps bags, maps and lists apart by step, cell, key and window", () => {
    const state = new KeyedState();
    state.begin();
    const one = scope("k");
    state.bag("S", "a").append(one, bytes("1"));
    state.bag("S", "a").append(one, bytes("2"));
    state.bag("S", "b").append(one, bytes("3"));
    state.bag("T", "a").append(one, bytes("4"));
    state.bag("S", "a").append(scope("k", 10), bytes("5"));
    state.bag("S", "a").append(scope("l"), bytes("6"));
    state.map("S", "a").set(one, bytes("x"), bytes("7"));
    state.list("S", "a").append(one, [{ timestamp: 5, value: bytes("8") }]);
    state.commit();
    expect(text(state.bag("S", "a").read(one))).toBe("12");
    expect(text(state.bag("S", "b").read(one))).toBe("3");
    expect(text(state.bag("T", "a").read(one))).toBe("4");
    expect(text(state.bag("S", "a").read(scope("k", 10)))).toBe("5");
    expect(text(state.map("S", "a").keys(one))).toBe("x");
    expect(state.list("S", "a").earliest(one)).toBe(5);
    expect(state.bytes).toBeGreaterThan(8);
  });

  test("lists are in the order of timestamps, and of coming within one", () => {
    const state = new KeyedState();
    const list = state.list("S", "l");
    const one = scope("k");
    const add = (timestamp: number, value: string) =>
      list.append(one, [{ timestamp, value: bytes(value) }]);
    for (const [timestamp, value] of [
      [5, "a"],
      [1, "b"],
      [5, "c"],
      [3, "d"],
    ] as const) {
      add(timestamp, value);
    }
    const read = (from: number, to: number) =>
      text(list.read(one, from, to).map(({ value }) => value));
    expect(read(-10, 10)).toBe("bdac");
    expect(read(3, 5)).toBe("d");
    list.clear(one, 2, 6);
    expect(read(-10, 10)).toBe("b");
  });

  test("fires timers in the order of their times, window expiration last, each once", () => {
    const state = new KeyedState();
    state.begin();
    state.set(timer("k", 7));
    state.set(timer("l", 3));
    state.set(timer("l", 7, { tag: "t" }));
    state.set(timer("k", 2, { family: "onWindowExpiration" }));
    state.set(timer("m", 4, { domain: "processing-time", holdTimestamp: 1 }));
    state.set(timer("k", 9, { family: "g" }));
    state.commit();
    expect([state.nextEventTime, state.nextProcessingTime, state.hold]).toEqual([2, 4, 1]);
    state.begin();
    const fired = state.takeDueTimers(at(7, 4));
    expect(fired.map(({ fireTimestamp, family }) => `${fireTimestamp}${family}`)).toEqual([
      "3f",
      "7f",
      "7f",
      "4f",
      "2onWindowExpiration",
    ]);
    expect(state.takeDueTimers(at(7, 4))).toEqual([]);
    state.commit();
    expect([state.nextEventTime, state.nextProcessingTime, state.hold]).toEqual([9, undefined, 9]);
  });

  test("replaces and clears timers", () => {
    const state = new KeyedState();
    state.begin();
    state.set(timer("k", 3));
    state.set(timer("k", 30, { holdTimestamp: 12 }));
    state.set(timer("l", 5));
    state.clear(timer("l", 5));
    state.commit();
    expect(state.takeDueTimers(at(10))).toEqual([]);
    expect([state.nextEventTime, state.hold]).toEqual([30, 12]);
  });

  test("lets go of what has expired, once its timers have fired", () => {
    const state = new KeyedState();
    const dying = scope("k", 10);
    state.begin();
    state.bag("S", "a").append(dying, bytes("1"));
    state.map("S", "m").set(dying, bytes("x"), bytes("1"));
    state.set(timer("k", 10, { scope: dying }));
    const later = { scope: dying, domain: "processing-time", holdTimestamp: 3 } as const;
    state.set(timer("k", 500, { ...later, family: "p" }));
    state.bag("S", "a").append(scope("k", 50), bytes("2"));
    state.commit();
    expect(state.nextEventTime).toBe(10);

    state.begin();
    expect(state.takeDueTimers(at(10))).toHaveLength(1);
    expect(text(state.bag("S", "a").read(dying))).toBe("1");
    expect(state.nextEventTime).toBe(11);
    expect(state.takeDueTimers(at(11))).toEqual([]);
    state.commit();
    expect(state.bag("S", "a").read(dying)).toEqual([]);
    expect(state.map("S", "m").keys(dying)).toEqual([]);
    expect([state.nextProcessingTime, state.nextEventTime]).toEqual([undefined, 51]);
    expect(text(state.bag("S", "a").read(scope("k", 50)))).toBe("2");

    state.begin();
    state.takeDueTimers(at(51));
    state.commit();
    expect([state.bytes, state.nextEventTime]).toEqual([0, undefined]);
  });

  test("lets go of the global window when time ends", () => {
    const state = new KeyedState();
    state.begin();
    state.bag("S", "a").append(scope("k"), bytes("1"));
    state.set(timer("k", Number.MAX_SAFE_INTEGER, { domain: "processing-time" }));
    state.takeDueTimers(at(END_OF_GLOBAL_WINDOW));
    expect(state.bag("S", "a").read(scope("k"))).toHaveLength(1);
    state.takeDueTimers(at(MAX_TIMESTAMP));
    state.commit();
    expect([state.bytes, state.nextProcessingTime]).toEqual([0, undefined]);
  });

  test("expires what a rolled back bundle has let go of", () => {
    const state = new KeyedState();
    state.begin();
    state.bag("S", "a").append(scope("k", 10), bytes("1"));
    state.commit();
    state.begin();
    state.takeDueTimers(at(20));
    state.rollback();
    expect(state.bag("S", "a").read(scope("k", 10))).toHaveLength(1);
    expect(state.nextEventTime).toBe(11);
    state.begin();
    state.takeDueTimers(at(20));
    state.commit();
    expect(state.bytes).toBe(0);
  });

  test("is as it was after a rollback, and the same from a snapshot and changes, whatever was done", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = lcg(seed);
      let state = new KeyedState({ keepsChanges: true });
      let twin = new KeyedState({ keepsChanges: true });
      for (let round = 0; round < 12; round++) {
        const before = describeState(state);
        const size = state.bytes;
        state.begin();
        for (let i = 0; i < 15; i++) change(state, random);
        if (random(2) === 0) {
          state.rollback();
          expect(describeState(state)).toEqual(before);
          expect(state.bytes).toBe(size);
        } else {
          state.commit();
          twin.replay(state.changes());
          expect(describeState(twin)).toEqual(describeState(state));
          expect(twin.bytes).toBe(state.bytes);
          expect(twin.changes()).toEqual(state.changes());
        }
        const copy = KeyedState.restore(state.snapshot(), { keepsChanges: true });
        expect(describeState(copy)).toEqual(describeState(state));
        expect(copy.snapshot().length).toBe(state.snapshot().length);
        expect(copy.bytes).toBe(state.bytes);
        if (random(3) === 0) state = copy;
        if (random(5) === 0) twin = KeyedState.restore(twin.snapshot(), { keepsChanges: true });
      }
    }
  });
});

const KEYS = ["a", "b", "c"];
const scopes = () => KEYS.flatMap((key) => [scope(key), scope(key, 40)]);

function change(state: KeyedState, random: (below: number) => number): void {
  const where = scopes()[random(6)] ?? scope("a");
  const value = bytes(String.fromCharCode(97 + random(26)));
  const timestamp = random(30);
  switch (random(12)) {
    case 0:
    case 1:
      state.bag("S", "bag").append(where, value);
      return;
    case 2:
      state.bag("S", "bag").replace(where, value);
      return;
    case 3:
      state.bag("S", "bag").clear(where);
      return;
    case 4:
    case 5:
      state.map("S", "map").set(where, value, bytes(String(timestamp)));
      return;
    case 6:
      if (random(4) === 0) state.map("S", "map").clear(where);
      else state.map("S", "map").delete(where, value);
      return;
    case 7:
      state.list("S", "list").append(where, [{ timestamp, value }]);
      return;
    case 8:
      state.list("S", "list").clear(where, timestamp, timestamp + 10);
      return;
    case 9:
      state.set(timer("", timestamp, { scope: where }));
      return;
    case 10:
      state.clear(timer("", 0, { scope: where }));
      return;
    default:
      state.takeDueTimers(at(random(60) - 20));
  }
}

function describeState(state: KeyedState) {
  return {
    cells: scopes().map((where) => [
      text(state.bag("S", "bag").read(where)),
      text(state.map("S", "map").keys(where)).split("").sort().join(""),
      state
        .map("S", "map")
        .keys(where)
        .map((key) => text([state.map("S", "map").get(where, key) ?? bytes("?")]))
        .sort(),
      state
        .list("S", "list")
        .read(where, -100, 100)
        .map(({ timestamp }) => timestamp),
    ]),
    times: [state.nextProcessingTime, state.hold],
  };
}

/** Numbers below `below`, the same for the same seed. */
function lcg(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
