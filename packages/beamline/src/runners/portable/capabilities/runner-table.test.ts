import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { sum } from "../../../combiners/sum.js";
import type { ProcessContext } from "../../../fn/context.js";
import { DoFn } from "../../../fn/do-fn.js";
import { graphToProto } from "../../../graph/proto/graph-to-proto.js";
import type { PCollection } from "../../../pipeline/pcollection.js";
import { Pipeline } from "../../../pipeline/pipeline.js";
import { EnvironmentSchema } from "../../../proto/gen/pipeline/environment_pb.js";
import { testStream } from "../../../testing/test-stream.js";
import { generateSequence } from "../../../transforms/generate-sequence.js";
import { afterCount, afterWatermark, repeatedly } from "../../../windowing/triggers.js";
import {
  calendarDays,
  customWindows,
  fixedWindows,
  globalWindows,
  interval,
  sessions,
  slidingWindows,
} from "../../../windowing/windows.js";
import { type RunnerName, runnerProfile } from "../runner-profile.js";
import { checkCapabilities } from "./check-capabilities.js";

type Pair = [string, number];

const pairs = (p: Pipeline) => p.create<Pair>([["a", 1]]);
const script = () => testStream<Pair>().add([["a", 1], 5]);
const ticks = (p: Pipeline): PCollection<Pair> =>
  p
    .apply(generateSequence({ rate: { elements: 1, per: { seconds: 1 } } }))
    .map("Tick", (n): Pair => ["a", n]);

class Cells extends DoFn<Pair, Pair> {
  readonly value = this.valueState<number>();
  readonly bag = this.bagState<number>();
  readonly total = this.combiningState(sum());
  readonly map = this.mapState<string, number>();
  readonly set = this.setState<number>();
  readonly list = this.orderedListState<number>();
  override process = (): void => undefined;
}

class EventTimer extends DoFn<Pair, Pair> {
  readonly timer = this.eventTimer(() => undefined);
  override process = (): void => undefined;
}

class ClockTimer extends DoFn<Pair, Pair> {
  readonly timer = this.processingTimer(() => undefined);
  override process = (): void => undefined;
}

class LastWords extends DoFn<Pair, Pair> {
  override process = (): void => undefined;
  override onWindowExpiration(): void {}
}

class Sorted extends DoFn<Pair, Pair> {
  override readonly requiresTimeSortedInput = true;
  override process = (): void => undefined;
}

class Stable extends DoFn<Pair, Pair> {
  override readonly requiresStableInput = true;
  override process = (): void => undefined;
}

class Acknowledge extends DoFn<Pair, Pair> {
  override readonly finalizesBundles = true;
  override process(_pair: Pair, ctx: ProcessContext<Pair>): void {
    ctx.afterCommit(() => undefined);
  }
}

const early = {
  trigger: afterWatermark({ early: afterCount(1) }),
  accumulation: "discarding",
  allowedLateness: 0,
} as const;
const merging = customWindows({
  name: "merging",
  assignsToOneWindow: true,
  assign: (at) => [interval(at, at + 1)],
  merge: (windows) => [windows],
});

/** What the guide's table says something of, in its order. */
const FEATURES: readonly (readonly [title: string, probe: (p: Pipeline) => void])[] = [
  [
    "Fixed and sliding windows",
    (p) => {
      pairs(p).window("Fixed", fixedWindows(1)).groupByKey("One");
      pairs(p)
        .window("Sliding", slidingWindows({ size: 2, every: 1 }))
        .groupByKey("Two");
    },
  ],
  ["Sessions", (p) => pairs(p).window(sessions(1)).groupByKey()],
  ["Calendar windows, windows of your own", (p) => pairs(p).window(calendarDays()).groupByKey()],
  ["Windows of your own that merge", (p) => pairs(p).window(merging).groupByKey()],
  ["Triggers", (p) => pairs(p).window(fixedWindows(1), early).groupByKey()],
  [
    "Allowed lateness",
    (p) =>
      pairs(p)
        .window(fixedWindows(1), { allowedLateness: 1, accumulation: "discarding" })
        .groupByKey(),
  ],
  [
    "Accumulating panes",
    (p) =>
      pairs(p)
        .window(fixedWindows(1), { ...early, accumulation: "accumulating" })
        .groupByKey(),
  ],
  [
    "Side inputs",
    (p) => {
      const side = pairs(p).asMap();
      p.create("Main", ["a"]).map("Look", (key, { side: { all } }) => all.get(key), {
        side: { all: side },
      });
    },
  ],
  ["State of every kind", (p) => pairs(p).parDo(() => new Cells())],
  ["Event-time timers", (p) => pairs(p).parDo(() => new EventTimer())],
  ["Timers of the clock", (p) => pairs(p).parDo(() => new ClockTimer())],
  ["`onWindowExpiration`", (p) => pairs(p).parDo(() => new LastWords())],
  ["`requiresTimeSortedInput`", (p) => pairs(p).parDo(() => new Sorted())],
  ["`requiresStableInput`", (p) => pairs(p).parDo(() => new Stable())],
  [
    "`afterCommit`",
    (p) =>
      pairs(p)
        .reshuffle()
        .parDo(() => new Acknowledge()),
  ],
  ["Splittable DoFns", (p) => p.apply(generateSequence({ to: 5 }))],
  ["Streams", (p) => ticks(p)],
  [
    "Streams: triggers",
    (p) =>
      ticks(p)
        .window(globalWindows(), { trigger: repeatedly(afterCount(1)), accumulation: "discarding" })
        .groupByKey(),
  ],
  ["Streams: state", (p) => ticks(p).parDo(() => new Cells())],
  ["Streams: event-time timers", (p) => ticks(p).parDo(() => new EventTimer())],
  ["Streams: timers of the clock", (p) => ticks(p).parDo(() => new ClockTimer())],
  ["Streams: `afterCommit` in a source's bundle", (p) => ticks(p).parDo(() => new Acknowledge())],
  [
    "Streams: `afterCommit` after a reshuffle",
    (p) =>
      ticks(p)
        .reshuffle()
        .parDo(() => new Acknowledge()),
  ],
  ["`testStream`", (p) => p.apply(script()).window(fixedWindows(1)).groupByKey()],
  [
    "`testStream` with late elements",
    (p) =>
      p.apply(
        script()
          .advanceWatermarkTo(9)
          .add([["a", 1], 2]),
      ),
  ],
  [
    "`testStream` with state, event-time timers",
    (p) => p.apply(script()).parDo(() => new EventTimer()),
  ],
  ["`testStream` that turns the clock", (p) => p.apply(script().advanceProcessingTime(1))],
];

const COLUMNS: readonly RunnerName[] = ["spark", "flink", "prism", "python"];

function verdict(name: RunnerName, probe: (p: Pipeline) => void): string {
  const profile = runnerProfile(name);
  const pipeline = new Pipeline("probe");
  probe(pipeline);
  const environment = create(EnvironmentSchema, { urn: "e" });
  const proto = graphToProto(pipeline.toGraph(), environment, profile.duties);
  try {
    return checkCapabilities(proto, profile).length > 0 ? "ignored" : "yes";
  } catch (error) {
    expect(error).toMatchObject({ code: "UNSUPPORTED_BY_RUNNER" });
    return "-";
  }
}

test("docs/runners.md tells of each runner what its rules say", () => {
  const guide = new URL("../../../../../../docs/runners.md", import.meta.url);
  const rows = readFileSync(guide, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter(([first]) => FEATURES.some(([title]) => title === first));
  expect(rows).toEqual(
    FEATURES.map(([title, probe]) => [
      title,
      "yes",
      ...COLUMNS.map((name) => verdict(name, probe)),
    ]),
  );
});
