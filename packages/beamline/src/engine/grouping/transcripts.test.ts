import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll as after, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { NO_FIRING } from "../../model/pane.js";
import { MIN_TIMESTAMP } from "../../model/time.js";
import { type IntervalWindow, maxTimestamp } from "../../model/window.js";
import { type Assign, assignerOf } from "../../windowing/assign.js";
import type { Trigger } from "../../windowing/trigger.js";
import * as triggers from "../../windowing/triggers.js";
import type { WindowFn } from "../../windowing/window-fn.js";
import { GLOBAL_WINDOWING, type WindowingStrategy } from "../../windowing/windowing-strategy.js";
import { customWindows, fixedWindows, globalWindows, sessions } from "../../windowing/windows.js";
import { type EmitPane, WindowedGrouper } from "./windowed-grouper.js";

/*
 * Beam describes what triggers do by transcripts, in a file that every Beam Python package carries.
 * It is read from an installation and never copied into this repository.
 *
 * Elements are their own timestamps, in milliseconds here. Where a transcript says that an error
 * must be found, it is itself wrong, and the comparison has to say so.
 */

interface Expected {
  readonly window?: readonly number[];
  readonly values?: readonly number[];
  readonly timestamp?: number;
  readonly index?: number;
  readonly nonspeculative_index?: number;
  readonly early?: boolean;
  readonly late?: boolean;
  readonly final?: boolean;
}

type Action =
  | { readonly input: readonly number[] }
  | { readonly watermark: number }
  | { readonly expect: readonly Expected[] }
  | { readonly state: Readonly<Record<string, readonly (readonly number[])[]>> };

interface Transcript {
  readonly name: string;
  readonly error?: string;
  readonly window_fn?: string;
  readonly trigger_fn?: string;
  readonly timestamp_combiner?: string;
  readonly accumulation_mode?: string;
  readonly allowed_lateness?: number;
  readonly transcript: readonly Action[];
}

function readTranscripts(): readonly Transcript[] | { readonly missing: string } {
  const script = fileURLToPath(new URL("../../../../../tools/beam-python.sh", import.meta.url));
  try {
    const venv = execFileSync(script, { encoding: "utf8", timeout: 600_000 }).trim();
    for (const python of readdirSync(join(venv, "lib"))) {
      const beam = join(venv, "lib", python, "site-packages", "apache_beam");
      const file = join(beam, "testing/data/trigger_transcripts.yaml");
      if (existsSync(file)) {
        return parseAllDocuments(readFileSync(file, "utf8")).map((each) => each.toJS());
      }
    }
    return { missing: "the installed apache-beam has no trigger_transcripts.yaml" };
  } catch (error) {
    return { missing: `tools/beam-python.sh failed: ${String(error)}` };
  }
}

// --- Python's notation ------------------------------------------------------------------------

/** Reads `Name(argument, name=argument)`, with or without arguments; numbers are numbers. */
function parse(text: string, call: (name: string, args: Args) => unknown): unknown {
  const tokens = text.match(/[A-Za-z_]+|\d+|[(),=]/g) ?? [];
  let at = 0;
  const expression = (): unknown => {
    const name = tokens[at++] ?? "";
    if (/^\d/.test(name)) return Number(name);
    const args: Args = { positional: [], named: {} };
    if (tokens[at] !== "(") return call(name, args);
    at++;
    while (tokens[at] !== ")") {
      if (tokens[at + 1] === "=") {
        const key = tokens[at] ?? "";
        at += 2;
        args.named[key] = expression();
      } else args.positional.push(expression());
      if (tokens[at] === ",") at++;
    }
    at++;
    return call(name, args);
  };
  return expression();
}

interface Args {
  readonly positional: unknown[];
  readonly named: Record<string, unknown>;
}

function windowFnOf(text: string): WindowFn {
  return parse(text, (name, { positional: [size] }) => {
    switch (name) {
      case "GlobalWindows":
        return globalWindows();
      case "FixedWindows":
        return fixedWindows(size as number);
      case "Sessions":
        return sessions(size as number);
      case "CustomTimestampingFixedWindowsWindowFn":
        return customTimestamping(fixedWindows(size as number));
      default:
        throw new Error(`No window function ${name}`);
    }
  }) as WindowFn;
}

/** What the class of this name in Beam's test does: fixed windows whose times are 100 later. */
function customTimestamping(fixed: WindowFn): WindowFn {
  const assign = assignerOf(fixed) as Assign;
  return customWindows({
    name: "custom timestamping",
    assignsToOneWindow: true,
    assign: (timestamp) => assign(timestamp, undefined) as readonly IntervalWindow[],
    outputTime: (timestamp) => timestamp + 100,
  });
}

function triggerOf(text: string): Trigger {
  return parse(text, (name, { positional, named }) => {
    const all = positional as Trigger[];
    switch (name) {
      case "Default":
        return triggers.defaultTrigger();
      case "AfterWatermark":
        return triggers.afterWatermark(named);
      case "AfterCount":
        return triggers.afterCount(positional[0] as number);
      case "Repeatedly":
        return triggers.repeatedly(all[0] as Trigger);
      case "AfterEach":
        return triggers.afterEach(...all);
      case "AfterAny":
        return triggers.afterFirst(...all);
      case "AfterAll":
        return triggers.afterAll(...all);
      default:
        throw new Error(`No trigger ${name}`);
    }
  }) as Trigger;
}

const COMBINERS = {
  OUTPUT_AT_EOW: "endOfWindow",
  OUTPUT_AT_EARLIEST: "earliest",
  OUTPUT_AT_LATEST: "latest",
  OUTPUT_AT_EARLIEST_TRANSFORMED: "earliestTransformed",
} as const;

function strategyOf(transcript: Transcript): WindowingStrategy {
  const combiner = transcript.timestamp_combiner ?? "OUTPUT_AT_EOW";
  return {
    ...GLOBAL_WINDOWING,
    windowFn: windowFnOf(transcript.window_fn ?? "GlobalWindows"),
    trigger: triggerOf(transcript.trigger_fn ?? "Default"),
    accumulation: transcript.accumulation_mode === "discarding" ? "discarding" : "accumulating",
    timestampCombiner: COMBINERS[combiner as keyof typeof COMBINERS],
    allowedLateness: transcript.allowed_lateness ?? 0,
  };
}

// --- running a transcript ---------------------------------------------------------------------

interface Pane extends Required<Expected> {}

/** Ways in which the elements of one `input` may come. */
const ARRIVALS = {
  "in one bundle": (input: readonly number[]) => [input],
  "in bundles of one": (input: readonly number[]) => input.map((each) => [each]),
  "in bundles that fail first": (input: readonly number[]) => [input],
  "in reverse": (input: readonly number[]) => [[...input].reverse()],
} as const;

type Arrival = keyof typeof ARRIVALS;

const KEY = Buffer.from("key");

function encoded(value: number): Buffer {
  return Buffer.from(String(value));
}

class Run {
  private readonly grouper: WindowedGrouper;
  private readonly assign: Assign;
  private readonly arrival: Arrival;
  private output: Pane[] = [];
  private watermark = MIN_TIMESTAMP;
  private latest = MIN_TIMESTAMP;
  steps = 0;

  constructor(strategy: WindowingStrategy, arrival: Arrival) {
    this.grouper = new WindowedGrouper(strategy);
    this.assign = assignerOf(strategy.windowFn) as Assign;
    this.arrival = arrival;
  }

  perform(action: Action): void {
    this.steps++;
    if ("expect" in action) {
      this.expect(action.expect);
      return;
    }
    this.finish();
    if ("input" in action) {
      for (const bundle of ARRIVALS[this.arrival](action.input)) {
        this.bundle((emit) => {
          for (const value of bundle) this.add(value, emit);
        });
      }
      this.latest = Math.max(this.latest, ...action.input);
    } else if ("watermark" in action) {
      this.watermark = action.watermark;
      this.bundle((emit) => this.grouper.advance(this.now, emit));
    } else this.expectState(action.state);
  }

  finish(): void {
    if (this.output.length > 0) throw new Error(`Unexpected output: ${text(this.output)}`);
  }

  private get now() {
    return { watermark: this.watermark, processingTime: 0 };
  }

  private add(timestamp: number, emit: EmitPane): void {
    const windows = this.assign(timestamp, timestamp);
    const meta = { timestamp, windows, pane: NO_FIRING };
    this.grouper.add(KEY, encoded(timestamp), meta, this.now, emit);
  }

  private bundle(work: (emit: EmitPane) => void): void {
    const { grouper } = this;
    if (this.arrival === "in bundles that fail first") {
      grouper.begin();
      work(() => {});
      grouper.rollback();
    }
    grouper.begin();
    work((key, values, { timestamp, windows: [window], pane }) => {
      expect(Buffer.from(key)).toEqual(KEY);
      if (window === undefined) throw new Error("A pane in no window");
      const start = window.kind === "global" ? MIN_TIMESTAMP : window.start;
      this.output.push({
        window: [start, maxTimestamp(window)],
        values: values.map((value) => Number(Buffer.from(value).toString())).sort((a, b) => a - b),
        timestamp,
        index: pane.index,
        nonspeculative_index: pane.onTimeIndex,
        early: pane.timing === "early",
        late: pane.timing === "late",
        final: pane.isLast,
      });
    });
    grouper.commit();
  }

  private expect(panes: readonly Expected[]): void {
    for (const pane of panes) {
      const at = this.output.findIndex((actual) => isLike(actual, pane));
      if (at < 0) throw new Error(`Unmatched output ${text(pane)} in ${text(this.output)}`);
      this.output.splice(at, 1);
    }
  }

  /**
   * What is kept of which window. Beam's own drivers leave this out, and no watermark is given: the
   * figures hold once it has reached the latest element.
   */
  private expectState(state: Readonly<Record<string, readonly (readonly number[])[]>>): void {
    this.watermark = this.latest;
    this.bundle((emit) => this.grouper.advance(this.now, emit));
    this.finish();
    const kept = new Map(
      this.grouper.inspect().map(({ window, isClosed }) => {
        const start = window.kind === "global" ? MIN_TIMESTAMP : window.start;
        return [text([start, maxTimestamp(window)]), isClosed ? "tombstone" : "present"];
      }),
    );
    for (const [what, windows] of Object.entries(state)) {
      for (const window of windows)
        expect([window, kept.get(text(window)) ?? "absent"]).toEqual([window, what]);
    }
  }
}

function isLike(actual: Pane, expected: Expected): boolean {
  return Object.entries(expected).every(
    ([name, value]) => text(actual[name as keyof Expected]) === text(value),
  );
}

function text(value: unknown): string {
  return JSON.stringify(value);
}

// --- the tests --------------------------------------------------------------------------------

const found = readTranscripts();

if ("missing" in found) {
  test.skip(`trigger transcripts: ${found.missing}`, () => {});
} else {
  const arrivals = Object.keys(ARRIVALS) as Arrival[];
  let runs = 0;
  let steps = 0;

  after(() => {
    process.stdout.write(
      `trigger_transcripts.yaml: ${found.length} transcripts, ${runs} runs, ${steps} steps\n`,
    );
    expect(runs).toBe(found.length * arrivals.length);
  });

  describe.each(arrivals)("WindowedGrouper follows Beam's transcripts, elements %s", (arrival) => {
    test.each(found.map((each, i) => ({ number: i + 1, ...each })))(
      "$number $name",
      (transcript) => {
        const run = new Run(strategyOf(transcript), arrival);
        const play = () => {
          for (const action of transcript.transcript) run.perform(action);
          run.finish();
        };
        if (transcript.error === undefined) play();
        else expect(play).toThrow(transcript.error);
        runs++;
        steps += run.steps;
      },
    );
  });
}
