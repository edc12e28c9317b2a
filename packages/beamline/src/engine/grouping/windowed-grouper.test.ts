import { describe, expect, test } from "vitest";
import { GLOBAL_FIRING_META, IMPULSE_META } from "../../model/element-meta.js";
import { NO_FIRING } from "../../model/pane.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP } from "../../model/time.js";
import { type Assign, assignerOf } from "../../windowing/assign.js";
import type { Trigger } from "../../windowing/trigger.js";
import {
  afterAll,
  afterCount,
  afterEach,
  afterFirst,
  afterProcessingTime,
  afterWatermark,
  defaultTrigger,
  never,
  orFinally,
  repeatedly,
} from "../../windowing/triggers.js";
import type { WindowFn } from "../../windowing/window-fn.js";
import { GLOBAL_WINDOWING, type WindowingStrategy } from "../../windowing/windowing-strategy.js";
import {
  customWindows,
  fixedWindows,
  globalWindows,
  interval,
  sessions,
  slidingWindows,
} from "../../windowing/windows.js";
import type { Times } from "../times.js";
import { type EmitPane, WindowedGrouper } from "./windowed-grouper.js";

/** A grouper fed with text, whose panes are text: `key[start,end)=values timing index/onTimeIndex`. */
class Fixture {
  grouper: WindowedGrouper;
  private readonly strategy: WindowingStrategy;
  private readonly assign: Assign;
  now: Times = { watermark: MIN_TIMESTAMP, processingTime: 0 };
  panes: string[] = [];

  constructor(strategy: Partial<WindowingStrategy>) {
    const whole = { ...GLOBAL_WINDOWING, ...strategy };
    this.strategy = whole;
    this.grouper = new WindowedGrouper(whole);
    this.assign = assignerOf(whole.windowFn) as Assign;
  }

  readonly emit: EmitPane = (key, values, { timestamp, windows: [window], pane }) => {
    const where = window?.kind === "interval" ? `[${window.start},${window.end})` : "";
    const gathered = values.map((value) => Buffer.from(value).toString()).join(" ");
    const last = pane.isLast ? " last" : "";
    const at = timestamp > Number.MAX_SAFE_INTEGER ? "end" : timestamp;
    this.panes.push(
      `${Buffer.from(key)}${where}=${gathered} @${at} ${pane.timing} ${pane.index}/${pane.onTimeIndex}${last}`,
    );
  };

  add(key: string, timestamp: number, value = String(timestamp)): this {
    const meta = { timestamp, windows: this.assign(timestamp, value), pane: NO_FIRING };
    this.grouper.add(Buffer.from(key), Buffer.from(value), meta, this.now, this.emit);
    return this;
  }

  watermark(watermark: number): this {
    this.now = { ...this.now, watermark };
    this.grouper.advance(this.now, this.emit);
    return this;
  }

  clock(processingTime: number): this {
    this.now = { ...this.now, processingTime };
    this.grouper.advance(this.now, this.emit);
    return this;
  }

  bundle(work: () => void): this {
    this.grouper.begin();
    work();
    this.grouper.commit();
    return this;
  }

  /** Goes on with a grouper made from a snapshot. */
  restart(): void {
    this.grouper = WindowedGrouper.restore(this.strategy, this.grouper.snapshot());
  }

  take(): string[] {
    const { panes } = this;
    this.panes = [];
    return panes;
  }
}

const hourly = { windowFn: fixedWindows(10) };

describe("WindowedGrouper", () => {
  test("emits the values of a key and window once the watermark has passed its end", () => {
    const fixture = new Fixture(hourly).add("a", 1).add("b", 2).add("a", 9).add("a", 10);
    expect(fixture.watermark(9).take()).toEqual([]);
    expect(fixture.grouper.nextEventTime).toBe(10);
    expect(fixture.watermark(10).take()).toEqual([
      "a[0,10)=1 9 @9 on-time 0/0 last",
      "b[0,10)=2 @9 on-time 0/0 last",
    ]);
    expect(fixture.watermark(MAX_TIMESTAMP).take()).toEqual(["a[10,20)=10 @19 on-time 0/0 last"]);
    expect(fixture.grouper.nextEventTime).toBeUndefined();
    expect(fixture.grouper.hold).toBeUndefined();
  });

  test("emits the global window at the end of time, with the constant that fast paths know", () => {
    const grouper = new WindowedGrouper(GLOBAL_WINDOWING);
    const now = { watermark: MIN_TIMESTAMP, processingTime: 0 };
    const metas: unknown[] = [];
    grouper.add(Buffer.from("k"), Buffer.from("v"), IMPULSE_META, now, () => {});
    grouper.advance({ ...now, watermark: 2 ** 53 }, (_key, _values, meta) => metas.push(meta));
    expect(metas).toEqual([]);
    grouper.advance({ ...now, watermark: MAX_TIMESTAMP }, (_k, _v, meta) => metas.push(meta));
    expect(metas).toHaveLength(1);
    expect(metas[0]).toBe(GLOBAL_FIRING_META);
  });

  test("keeps keys and values byte for byte", () => {
    const grouper = new WindowedGrouper(GLOBAL_WINDOWING);
    const now = { watermark: MIN_TIMESTAMP, processingTime: 0 };
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const large = new Uint8Array(3_000_000).fill(7);
    const panes: [Uint8Array, readonly Uint8Array[]][] = [];
    for (const value of [all, new Uint8Array(0), large]) {
      grouper.add(all, value, IMPULSE_META, now, () => {});
    }
    grouper.advance({ ...now, watermark: MAX_TIMESTAMP }, (key, values) => {
      panes.push([key, values]);
    });
    const [[key, values] = []] = panes;
    expect(Buffer.compare(key ?? large, all)).toBe(0);
    expect(values?.map((value) => Buffer.from(value).toString("base64"))).toEqual(
      [all, new Uint8Array(0), large].map((value) => Buffer.from(value).toString("base64")),
    );
  });

  test("drops what comes after a window has expired, and counts it for each window", () => {
    const sliding = new Fixture({ windowFn: slidingWindows({ size: 10, every: 5 }) });
    sliding.watermark(15);
    sliding.bundle(() => sliding.add("a", 7).add("a", 12).add("a", 3));
    expect(sliding.grouper.droppedLate).toBe(2 + 1 + 2);
    sliding.bundle(() => {});
    expect(sliding.grouper.droppedLate).toBe(0);
    expect(sliding.watermark(100).take()).toEqual(["a[10,20)=12 @19 on-time 0/0 last"]);
  });

  test("emits late elements in panes of their own until the window expires", () => {
    const fixture = new Fixture({ ...hourly, allowedLateness: 10 }).add("a", 1).watermark(12);
    expect(fixture.take()).toEqual(["a[0,10)=1 @9 on-time 0/0"]);
    expect(fixture.add("a", 2).add("b", 3).take()).toEqual([
      "a[0,10)=2 @9 late 1/1",
      "b[0,10)=3 @9 late 0/0",
    ]);
    expect(fixture.watermark(20).take()).toEqual([]);
    expect(fixture.add("a", 4).take()).toEqual([]);
    expect(fixture.grouper.inspect()).toEqual([]);
  });

  test("gives a last, empty pane where closing asks for it", () => {
    const fixture = new Fixture({ ...hourly, allowedLateness: 10, closing: "emit-always" });
    expect(fixture.add("a", 1).watermark(100).take()).toEqual(["a[0,10)=1 @9 on-time 0/0 last"]);
    fixture.now = { ...fixture.now, watermark: 100 };
    expect(fixture.add("a", 101).watermark(110).watermark(120).take()).toEqual([
      "a[100,110)=101 @109 on-time 0/0",
      "a[100,110)= @109 late 1/1 last",
    ]);
  });

  test("gives an empty on-time pane unless told not to", () => {
    const trigger = afterWatermark({ early: afterCount(1) });
    const fixture = new Fixture({ ...hourly, trigger }).add("a", 1).watermark(10);
    expect(fixture.take()).toEqual(["a[0,10)=1 @9 early 0/-1", "a[0,10)= @9 on-time 1/0 last"]);
    const quiet = new Fixture({ ...hourly, trigger, onTime: "fire-if-nonempty" });
    expect(quiet.add("a", 1).watermark(10).take()).toEqual(["a[0,10)=1 @9 early 0/-1"]);
  });

  test("accumulates where the strategy says so", () => {
    const fixture = new Fixture({
      ...hourly,
      trigger: afterWatermark({ early: afterCount(2), late: afterCount(1) }),
      accumulation: "accumulating",
      allowedLateness: 10,
    });
    fixture.add("a", 1).add("a", 2).add("a", 3).watermark(10).add("a", 4).watermark(50);
    expect(fixture.take()).toEqual([
      "a[0,10)=1 2 @9 early 0/-1",
      "a[0,10)=1 2 3 @9 on-time 1/0",
      "a[0,10)=1 2 3 4 @9 late 2/1",
    ]);
  });

  test("holds the output back at the timestamps that panes will have", () => {
    const earliest = new Fixture({ ...hourly, timestampCombiner: "earliest" });
    earliest.add("a", 5).add("a", 3).add("b", 7);
    expect(earliest.grouper.hold).toBe(3);
    const latest = new Fixture({ ...hourly, timestampCombiner: "latest" }).add("a", 3).add("a", 5);
    expect(latest.grouper.hold).toBe(5);
    expect(new Fixture(hourly).add("a", 3).grouper.hold).toBe(9);
    expect(earliest.watermark(10).take()).toEqual([
      "a[0,10)=5 3 @3 on-time 0/0 last",
      "b[0,10)=7 @7 on-time 0/0 last",
    ]);
    expect(earliest.grouper.hold).toBeUndefined();
  });

  test("forgets expired windows, so that memory stays flat", () => {
    const fixture = new Fixture({ ...hourly, allowedLateness: 20 });
    let most = 0;
    for (let time = 0; time < 20_000; time += 2) {
      fixture.bundle(() => fixture.add(`k${time % 7}`, time, "x".repeat(100)).watermark(time - 5));
      fixture.take();
      if (time === 2000) most = fixture.grouper.bytes;
    }
    expect(fixture.grouper.bytes).toBeLessThan(most * 2 + 100_000);
    expect(fixture.grouper.inspect().length).toBeLessThan(50);
  });

  test("reclaims the values that one unending window has emitted", () => {
    const fixture = new Fixture({ trigger: repeatedly(afterCount(10)) });
    for (let i = 0; i < 30_000; i++) fixture.bundle(() => fixture.add("k", i, "x".repeat(100)));
    expect(fixture.take()).toHaveLength(3000);
    expect(fixture.grouper.bytes).toBeLessThan(500_000);
  });
});

describe("WindowedGrouper with sessions", () => {
  test("merges windows of a key that overlap, whatever the order", () => {
    const fixture = new Fixture({ windowFn: sessions(10) });
    fixture.add("a", 1).add("a", 20).add("b", 5).add("a", 11);
    expect(fixture.grouper.inspect()).toHaveLength(3);
    fixture.add("a", 10).add("a", 15);
    expect(fixture.watermark(100).take()).toEqual([
      "b[5,15)=5 @14 on-time 0/0 last",
      expect.stringMatching(
        /^a\[1,30\)=(?=.*\b1\b)(?=.*\b20\b)(?=.*\b11\b)(?=.*\b10\b)(?=.*\b15\b)/,
      ),
    ]);
    expect(fixture.grouper.inspect()).toEqual([]);
  });

  test("waits for the merged window's end, with the merged hold", () => {
    const fixture = new Fixture({ windowFn: sessions(10), timestampCombiner: "earliest" });
    fixture.add("a", 3).add("a", 9);
    expect(fixture.grouper.hold).toBe(3);
    expect(fixture.watermark(13).take()).toEqual([]);
    expect(fixture.grouper.nextEventTime).toBe(19);
    expect(fixture.watermark(19).take()).toEqual(["a[3,19)=3 9 @3 on-time 0/0 last"]);
  });

  test("undoes merges", () => {
    const fixture = new Fixture({ windowFn: sessions(10), trigger: repeatedly(afterCount(3)) });
    fixture.bundle(() => fixture.add("a", 0).add("a", 15));
    fixture.grouper.begin();
    fixture.add("a", 8);
    expect(fixture.take()).toEqual(["a[0,25)=0 15 8 @24 early 0/-1"]);
    fixture.grouper.rollback();
    fixture.bundle(() => fixture.watermark(100));
    expect(fixture.take()).toEqual([
      "a[0,10)=0 @9 on-time 0/0 last",
      "a[15,25)=15 @24 on-time 0/0 last",
    ]);
  });

  test("merges by a function of the user's own", () => {
    // All windows of a hundred become one as soon as one of its elements is "close".
    const windowFn = customWindows({
      name: "closing",
      assignsToOneWindow: true,
      assign: (timestamp) => [interval(timestamp, timestamp + 1)],
      merge: (windows) => [windows.filter(({ start }) => start < 100)],
    });
    const fixture = new Fixture({ windowFn }).add("a", 5).add("a", 90).add("a", 150).add("b", 7);
    expect(fixture.watermark(1000).take().sort()).toEqual([
      "a[150,151)=150 @150 on-time 0/0 last",
      "a[5,91)=5 90 @90 on-time 0/0 last",
      "b[7,8)=7 @7 on-time 0/0 last",
    ]);
  });
});

describe("triggers", () => {
  const global = (trigger: Trigger) => new Fixture({ windowFn: globalWindows(), trigger });

  test("afterCount fires once, and is done", () => {
    const fixture = global(afterCount(2)).add("a", 1).add("a", 2).add("a", 3).add("b", 4);
    expect(fixture.take()).toEqual(["a=1 2 @end early 0/-1 last"]);
    expect(fixture.watermark(MAX_TIMESTAMP).take()).toEqual(["b=4 @end on-time 0/0 last"]);
  });

  test("afterProcessingTime fires when its delay has passed since the pane's first element", () => {
    const fixture = global(repeatedly(afterProcessingTime({ delay: 100 })));
    fixture.clock(1000).add("a", 1).clock(1050).add("a", 2);
    expect(fixture.grouper.nextProcessingTime).toBe(1100);
    expect(fixture.take()).toEqual([]);
    expect(fixture.clock(1100).take()).toEqual(["a=1 2 @end early 0/-1"]);
    expect(fixture.grouper.nextProcessingTime).toBeUndefined();
    fixture.add("a", 3);
    expect(fixture.grouper.nextProcessingTime).toBe(1200);
    expect(fixture.clock(5000).take()).toEqual(["a=3 @end early 1/-1"]);
  });

  test("afterProcessingTime aligns", () => {
    const fixture = global(repeatedly(afterProcessingTime({ delay: 10, alignTo: 60 })));
    fixture.clock(55).add("a", 1);
    expect(fixture.grouper.nextProcessingTime).toBe(120);
    fixture.clock(120).clock(170).add("a", 1);
    expect(fixture.grouper.nextProcessingTime).toBe(180);
  });

  test("a delay of nothing fires with the clock, and gathers what comes at one instant", () => {
    const fixture = global(repeatedly(afterProcessingTime())).clock(5).add("a", 1).add("a", 2);
    expect(fixture.take()).toEqual([]);
    expect(fixture.grouper.nextProcessingTime).toBe(5);
    expect(fixture.clock(5).take()).toEqual(["a=1 2 @end early 0/-1"]);
  });

  test("afterFirst fires with the first, afterAll with the last", () => {
    const parts = [afterProcessingTime({ delay: 10 }), afterCount(2)];
    const first = global(repeatedly(afterFirst(...parts)));
    expect(first.add("a", 1).add("a", 2).add("a", 3).clock(10).take()).toEqual([
      "a=1 2 @end early 0/-1",
      "a=3 @end early 1/-1",
    ]);
    const all = global(repeatedly(afterAll(...parts)))
      .add("a", 1)
      .add("a", 2)
      .add("a", 3);
    expect(all.take()).toEqual([]);
    expect(all.clock(10).take()).toEqual(["a=1 2 3 @end early 0/-1"]);
    all.add("a", 4).clock(100);
    expect(all.take()).toEqual([]);
    expect(all.grouper.nextProcessingTime).toBeUndefined();
    expect(all.add("a", 5).take()).toEqual(["a=4 5 @end early 1/-1"]);
  });

  test("afterEach goes from one to the next", () => {
    const fixture = global(afterEach(afterCount(1), afterCount(2), repeatedly(afterCount(3))));
    for (let i = 1; i <= 9; i++) fixture.add("a", i);
    expect(fixture.take()).toEqual([
      "a=1 @end early 0/-1",
      "a=2 3 @end early 1/-1",
      "a=4 5 6 @end early 2/-1",
      "a=7 8 9 @end early 3/-1",
    ]);
  });

  test("orFinally ends a trigger that repeats", () => {
    const fixture = global(orFinally(repeatedly(afterCount(2)), afterCount(5)));
    for (let i = 1; i <= 8; i++) fixture.add("a", i);
    expect(fixture.take()).toEqual([
      "a=1 2 @end early 0/-1",
      "a=3 4 @end early 1/-1",
      "a=5 @end early 2/-1 last",
    ]);
    fixture.bundle(() => fixture.add("a", 9));
    expect(fixture.grouper.droppedClosed).toBe(1);
  });

  test("never emits all at the end", () => {
    const fixture = new Fixture({ ...hourly, trigger: never(), allowedLateness: 10 });
    fixture.add("a", 1).watermark(10).add("a", 2);
    expect(fixture.take()).toEqual([]);
    expect(fixture.watermark(20).take()).toEqual(["a[0,10)=1 2 @9 on-time 0/0 last"]);
  });

  test("default fires for each late element, as afterWatermark with late firings does", () => {
    const late = afterWatermark({ late: afterCount(1) });
    const panes = [defaultTrigger(), late].map((trigger) =>
      new Fixture({ ...hourly, trigger, allowedLateness: 5 })
        .add("a", 1)
        .watermark(10)
        .add("a", 2)
        .add("a", 3)
        .watermark(99)
        .take(),
    );
    expect(panes[0]).toEqual(panes[1]);
    expect(panes[0]).toHaveLength(3);
  });
});

// --- properties -------------------------------------------------------------------------------

/** mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

type Event =
  | {
      readonly kind: "add";
      readonly key: string;
      readonly timestamp: number;
      readonly value: string;
    }
  | { readonly kind: "watermark"; readonly to: number }
  | { readonly kind: "clock"; readonly to: number };

function randomEvents(random: () => number): Event[] {
  const events: Event[] = [];
  let watermark = 0;
  let clock = 0;
  for (let i = 0; i < 300; i++) {
    const dice = random();
    if (dice < 0.15) {
      watermark += Math.floor(random() * 15);
      events.push({ kind: "watermark", to: watermark });
    } else if (dice < 0.25) {
      clock += Math.floor(random() * 20);
      events.push({ kind: "clock", to: clock });
    } else {
      const timestamp = watermark + Math.floor(random() * 60) - 20;
      events.push({ kind: "add", key: `k${Math.floor(random() * 4)}`, timestamp, value: `v${i}` });
    }
  }
  return events;
}

function perform(fixture: Fixture, event: Event): void {
  if (event.kind === "add") fixture.add(event.key, event.timestamp, event.value);
  else if (event.kind === "watermark") fixture.watermark(event.to);
  else fixture.clock(event.to);
}

const windowFns: Readonly<Record<string, WindowFn>> = {
  global: globalWindows(),
  fixed: fixedWindows(10),
  sliding: slidingWindows({ size: 20, every: 10 }),
  sessions: sessions(7),
};

const someTriggers: Readonly<Record<string, Trigger>> = {
  default: defaultTrigger(),
  "early and late": afterWatermark({ early: afterCount(3), late: afterCount(2) }),
  counts: repeatedly(afterCount(2)),
  delays: repeatedly(afterFirst(afterProcessingTime({ delay: 15 }), afterCount(4))),
  each: repeatedly(afterEach(afterCount(1), afterAll(afterCount(2), afterProcessingTime()))),
  finally: repeatedly(orFinally(repeatedly(afterCount(2)), afterWatermark())),
};

const cases = Object.keys(windowFns).flatMap((windows) =>
  Object.keys(someTriggers).flatMap((trigger) =>
    (["discarding", "accumulating"] as const).map((accumulation) => ({
      windows,
      trigger,
      accumulation,
    })),
  ),
);

describe.each(cases)(
  "WindowedGrouper with $windows windows, $trigger, $accumulation",
  ({ windows, trigger, accumulation }) => {
    const strategy: Partial<WindowingStrategy> = {
      windowFn: windowFns[windows] ?? globalWindows(),
      trigger: someTriggers[trigger] ?? defaultTrigger(),
      accumulation,
      allowedLateness: 12,
      timestampCombiner: "earliest",
    };

    test("emits the same panes in any bundles, with failures and restarts in between", () => {
      for (let seed = 0; seed < 8; seed++) {
        const events = randomEvents(randomFrom(seed));
        const end: Event[] = [{ kind: "watermark", to: MAX_TIMESTAMP }];
        const plain = new Fixture(strategy);
        for (const event of [...events, ...end]) perform(plain, event);
        const random = randomFrom(seed + 1000);
        const bundled = new Fixture(strategy);
        const kept: string[] = [];
        for (let at = 0; at < events.length; ) {
          const next = Math.min(events.length, at + 1 + Math.floor(random() * 40));
          const before = bundled.now;
          const rounds = random() < 0.4 ? 2 : 1;
          for (let round = 1; round <= rounds; round++) {
            bundled.now = before;
            bundled.grouper.begin();
            const until = round < rounds ? at + Math.ceil((next - at) * random()) : next;
            for (const event of events.slice(at, until)) perform(bundled, event);
            if (round < rounds) {
              bundled.take();
              bundled.grouper.rollback();
            } else {
              bundled.grouper.commit();
              kept.push(...bundled.take());
              if (random() < 0.3) bundled.restart();
            }
          }
          at = next;
        }
        for (const event of end) perform(bundled, event);
        kept.push(...bundled.take());
        expect(kept.sort()).toEqual(plain.take().sort());
        expect(bundled.grouper.inspect()).toEqual([]);
        expect(bundled.grouper.nextEventTime).toBeUndefined();
        expect(bundled.grouper.nextProcessingTime).toBeUndefined();
      }
    });

    test("loses nothing and doubles nothing", () => {
      for (let seed = 0; seed < 8; seed++) {
        const events = randomEvents(randomFrom(seed + 50));
        const fixture = new Fixture(strategy);
        const emitted: string[] = [];
        const taken: string[] = [];
        for (const event of [...events, { kind: "watermark" as const, to: MAX_TIMESTAMP }]) {
          fixture.grouper.begin();
          perform(fixture, event);
          fixture.grouper.commit();
          const dropped = fixture.grouper.droppedLate + fixture.grouper.droppedClosed;
          if (event.kind === "add" && windows !== "sliding" && dropped === 0) {
            taken.push(event.value);
          }
          for (const pane of fixture.take()) {
            emitted.push(...(/=(.*) @/.exec(pane)?.[1] ?? "").split(" ").filter(Boolean));
          }
        }
        if (windows === "sliding") return;
        const once = accumulation === "discarding" ? emitted : [...new Set(emitted)];
        expect(once.sort()).toEqual(taken.sort());
      }
    });
  },
);
