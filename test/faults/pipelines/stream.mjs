// A stream with windows, sessions, state and timers, whose functions end their worker thread once each.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DoFn, definePipeline, fixedWindows, monotonicWatermark, sessions } from "beamline";
import { elementsAre } from "beamline/testing";
import { z } from "zod";
import { NumbersFn } from "../../support/numbers-fn.mjs";

const NUMBERS = 4000;
const A_BUNDLE = 150;
const KEYS = 13;
/** Milliseconds of event time between two numbers, and in a window. */
const STEP = 100;
const WINDOW = 10_000;
const GAP = 3000;
const TIMER = 5000;

/** @typedef {"source" | "state" | "timer" | "window" | "session"} Place */

/** Ends the thread, the first time that it is called with the place. */
class Killer {
  /** @param {string} folder @param {readonly string[]} places */
  constructor(folder, places) {
    this.folder = folder;
    this.places = places;
  }

  /** @param {Place} place @param {number} n */
  at(place, n) {
    if (!this.places.includes(place) || n !== Math.floor(NUMBERS / 2)) return;
    try {
      writeFileSync(join(this.folder, place), "", { flag: "wx" });
    } catch {
      return;
    }
    process.exit(9);
  }
}

/** @param {number} n */
const keyOf = (n) => `key ${n % KEYS}`;
/** Keys of sessions come in bursts. @param {number} n */
const burstOf = (n) => `burst ${Math.floor(n / 50) % 3}`;

/** Numbers with timestamps of their own, some at a time. */
class Numbers extends NumbersFn {
  /** @override */
  isBounded = false;
  /** @override */
  watermarkEstimation = monotonicWatermark();

  /** @param {Killer} killer */
  constructor(killer) {
    super(NUMBERS);
    this.killer = killer;
  }

  /**
   * @override
   * @param {Uint8Array} _element
   * @param {import("../../support/numbers-fn.mjs").Tracker} tracker
   * @param {import("../../support/numbers-fn.mjs").Context} ctx
   */
  process(_element, tracker, ctx) {
    const [first] = tracker.currentRestriction();
    for (let n = first; n < first + A_BUNDLE; n++) {
      if (!tracker.tryClaim(n)) return;
      ctx.output(n, n * STEP);
      this.killer.at("source", n);
    }
    ctx.resumeAfter(5);
  }
}

/** @extends {DoFn<[string, number], string>} */
class Remember extends DoFn {
  seen = this.combiningState({
    create: () => 0,
    add: (/** @type {number} */ sum, /** @type {number} */ n) => sum + n,
    merge: (/** @type {number} */ a, /** @type {number} */ b) => a + b,
    extract: (/** @type {number} */ sum) => sum,
  });
  numbers = /** @type {import("beamline").BagState<number>} */ (this.bagState());
  timer = this.eventTimer((ctx) => {
    const before = [...this.numbers.read()].filter((n) => n * STEP < ctx.timestamp).length;
    this.killer.at("timer", ctx.timestamp === (NUMBERS / 2) * STEP ? NUMBERS / 2 : -1);
    ctx.output(`${ctx.key}: ${before} before ${ctx.timestamp}`);
  });

  /** @param {Killer} killer */
  constructor(killer) {
    super();
    this.killer = killer;
  }

  /**
   * @override
   * @param {[string, number]} element
   * @param {import("beamline").ProcessContext<string>} ctx
   */
  process([key, n], ctx) {
    this.seen.add(1);
    this.numbers.add(n);
    const due = nextTimer(n);
    this.timer.set(due, { tag: String(due) });
    ctx.output(`${key}: ${this.seen.read()}`);
    this.killer.at("state", n);
  }
}

/** @param {number} n */
function nextTimer(n) {
  return (Math.floor((n * STEP) / TIMER) + 1) * TIMER;
}

function expected() {
  const numbers = Array.from({ length: NUMBERS }, (_, n) => n);
  const windows = new Map();
  const bursts = new Map();
  const timers = new Map();
  const counts = new Map();
  /** @type {string[]} */
  const lines = [];
  for (const n of numbers) {
    const at = n * STEP;
    const window = `${keyOf(n)} of ${Math.floor(at / WINDOW) * WINDOW}`;
    windows.set(window, (windows.get(window) ?? 0) + n);
    const burst = burstOf(n);
    const open = bursts.get(burst);
    if (open !== undefined && at < open.end)
      Object.assign(open, { end: at + GAP, sum: open.sum + n });
    else {
      if (open !== undefined) lines.push(`${burst} of ${open.start}: ${open.sum}`);
      bursts.set(burst, { start: at, end: at + GAP, sum: n });
    }
    const count = (counts.get(keyOf(n)) ?? 0) + 1;
    counts.set(keyOf(n), count);
    lines.push(`${keyOf(n)}: ${count}`);
    const due = nextTimer(n);
    timers.set(`${keyOf(n)} ${due}`, [keyOf(n), due]);
  }
  for (const [window, sum] of windows) lines.push(`${window}: ${sum}`);
  for (const [burst, { start, sum }] of bursts) lines.push(`${burst} of ${start}: ${sum}`);
  for (const [key, due] of timers.values()) {
    const before = numbers.filter((n) => keyOf(n) === key && n * STEP < due).length;
    lines.push(`${key}: ${before} before ${due}`);
  }
  return lines;
}

export const pipeline = definePipeline({
  name: "stream",
  options: z.object({ folder: z.string(), places: z.array(z.string()) }),
  build(p, { folder, places }) {
    const killer = new Killer(folder, places);
    const numbers = p.impulse().parDo("Numbers", () => new Numbers(killer));
    const windows = numbers
      .keyBy("Key", keyOf)
      .window("Windows", fixedWindows({ milliseconds: WINDOW }))
      .groupByKey("InWindows")
      .map("SumWindows", ([key, values], { window }) => {
        let sum = 0;
        for (const n of values) {
          killer.at("window", n);
          sum += n;
        }
        return `${key} of ${window.start}: ${sum}`;
      });
    const bursts = numbers
      .keyBy("Burst", burstOf)
      .window("Sessions", sessions({ milliseconds: GAP }))
      .groupByKey("InSessions")
      .map("SumSessions", ([key, values], { window }) => {
        let sum = 0;
        for (const n of values) {
          killer.at("session", n);
          sum += n;
        }
        return `${key} of ${window.start}: ${sum}`;
      });
    const remembered = numbers.keyBy("Again", keyOf).parDo("Remember", () => new Remember(killer));
    p.flatten(
      [windows, bursts, remembered].map((lines) => lines.window(fixedWindows({ days: 1 }))),
    ).apply(elementsAre(expected()));
  },
});
