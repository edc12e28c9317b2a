import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { ProcessContext } from "../../../fn/context.js";
import { DoFn } from "../../../fn/do-fn.js";
import { graphToProto } from "../../../graph/proto/graph-to-proto.js";
import { Pipeline } from "../../../pipeline/pipeline.js";
import { functionSpec, packSpec } from "../../../proto/function-spec.js";
import { EnvironmentSchema } from "../../../proto/gen/pipeline/environment_pb.js";
import {
  IsBounded_Enum,
  type Pipeline as PipelineProto,
  PTransformSchema,
} from "../../../proto/gen/pipeline/pipeline_pb.js";
import {
  type ParDoPayload,
  ParDoPayloadSchema,
  StateSpecSchema,
  TimerFamilySpecSchema,
} from "../../../proto/gen/pipeline/transforms_pb.js";
import {
  AccumulationMode_Enum,
  MergeStatus_Enum,
  TimeDomain_Enum,
  type WindowingStrategy,
} from "../../../proto/gen/pipeline/windowing_pb.js";
import { PIPELINE_TABLE } from "../../../testing/table/index.js";
import { testStream } from "../../../testing/test-stream.js";
import { generateSequence } from "../../../transforms/generate-sequence.js";
import { type RunnerName, runnerProfile } from "../runner-profile.js";
import { checkCapabilities } from "./check-capabilities.js";

const RUNNERS: readonly RunnerName[] = ["spark", "flink", "prism", "python", "generic"];

/** A pipeline of the SDK's own, with what the SDK cannot say yet put into its proto. */
function pipeline(change: (proto: PipelineProto) => void = () => undefined): PipelineProto {
  const p = new Pipeline("p");
  p.create<[string, number]>([["a", 1]])
    .groupByKey("Group")
    .map("Last", (group) => group);
  const proto = graphToProto(p.toGraph(), create(EnvironmentSchema, { urn: "e" }));
  change(proto);
  return proto;
}

const parDo = (fields: Partial<ParDoPayload>) => (proto: PipelineProto) => {
  const transform = proto.components?.transforms.Last;
  if (transform === undefined) throw new Error("no transform Last");
  transform.spec = packSpec("beam:transform:pardo:v1", ParDoPayloadSchema, fields as ParDoPayload);
};

const windows = (fields: Partial<WindowingStrategy>) => (proto: PipelineProto) => {
  for (const strategy of Object.values(proto.components?.windowingStrategies ?? {})) {
    Object.assign(strategy, fields);
  }
};

const unbounded = (proto: PipelineProto) => {
  for (const pcollection of Object.values(proto.components?.pcollections ?? {})) {
    pcollection.isBounded = IsBounded_Enum.UNBOUNDED;
  }
};

const transform = (name: string, urn: string) => (proto: PipelineProto) => {
  const { components } = proto;
  if (components === undefined) throw new Error("no components");
  components.transforms[name] = create(PTransformSchema, {
    uniqueName: name,
    spec: functionSpec(urn),
  });
};

const multimapState = create(StateSpecSchema, {
  spec: { case: "mapSpec", value: {} },
  protocol: functionSpec("beam:user_state:multimap:v1"),
});
const listState = create(StateSpecSchema, {
  spec: { case: "orderedListSpec", value: {} },
  protocol: functionSpec("beam:user_state:ordered_list:v1"),
});
const bagState = create(StateSpecSchema, {
  spec: { case: "bagSpec", value: {} },
  protocol: functionSpec("beam:user_state:bag:v1"),
});
const timer = create(TimerFamilySpecSchema, { timeDomain: TimeDomain_Enum.EVENT_TIME });

/** What each runner refuses, in words that must stand in the error. */
const REFUSED: readonly {
  readonly feature: string;
  readonly change: (proto: PipelineProto) => void;
  readonly by: readonly RunnerName[];
  readonly words: RegExp;
}[] = [
  {
    feature: "a source without end",
    change: unbounded,
    by: ["spark", "python"],
    words: /"Create\/Impulse": .*(streaming|endless).*; .*(Flink|bound)/,
  },
  {
    feature: "map state",
    change: parDo({ stateSpecs: { seen: multimapState } }),
    by: ["spark", "flink"],
    words: /"Last", seen: map, set and multimap state are not served; use bag, value/,
  },
  {
    feature: "ordered list state",
    change: parDo({ stateSpecs: { seen: listState } }),
    by: ["spark", "flink"],
    words: /"Last", seen: ordered list state is not served; use bag state/,
  },
  {
    feature: "bundle finalization",
    change: parDo({ requestsFinalization: true }),
    by: ["spark", "flink"],
    words: /"Last": .*bundle finalization.*; acknowledge in a step after a reshuffle/,
  },
  {
    feature: "stable input",
    change: parDo({ requiresStableInput: true }),
    by: ["spark", "prism", "python"],
    words: /"Last": input is not kept for retries/,
  },
  {
    feature: "merging windows of one's own",
    change: windows({
      windowFn: functionSpec("beamline:window_fn:v1"),
      mergeStatus: MergeStatus_Enum.NEEDS_MERGE,
    }),
    by: ["spark", "flink", "prism"],
    words: /"Group", beamline:window_fn:v1: windows of your own merge in no other place/,
  },
  {
    feature: "sessions",
    change: windows({ windowFn: functionSpec("beam:window_fn:session_windows:v1") }),
    by: ["prism"],
    words: /"Group": sessions of different keys are merged into one; use fixed or sliding/,
  },
  {
    feature: "panes that accumulate",
    change: windows({ accumulationMode: AccumulationMode_Enum.ACCUMULATING }),
    by: ["prism"],
    words: /"Group": panes do not accumulate/,
  },
  {
    feature: "a TestStream",
    change: transform("Script", "beam:transform:teststream:v1"),
    by: ["spark", "python"],
    words: /"Script": a TestStream/,
  },
  {
    feature: "a transform of some other runner",
    change: transform("Pub", "beam:transform:pubsub_read:v1"),
    by: ["spark", "flink", "prism", "python"],
    words: /"Pub", beam:transform:pubsub_read:v1: the runner knows no transform of this URN/,
  },
];

/** Rows of the pipeline table that a runner refuses, and in which words. */
const REFUSED_ROWS: readonly {
  readonly rows: RegExp;
  readonly by: readonly RunnerName[];
  readonly words: RegExp;
}[] = [
  { rows: /^window-custom-merging$/, by: ["spark", "flink", "prism"], words: /merge in no other/ },
  { rows: /^window-sessions/, by: ["prism"], words: /sessions of different keys/ },
];

describe.each(RUNNERS)("checkCapabilities for %s", (name) => {
  const profile = runnerProfile(name);

  test.each(REFUSED)("refuses $feature exactly where it is missing", ({ change, by, words }) => {
    const check = () => checkCapabilities(pipeline(change), profile);
    if (by.includes(name)) expect(check).toThrow(words);
    else expect(check).not.toThrow();
  });

  test("accepts every row of the pipeline table without a warning, but for those that it refuses", () => {
    for (const { name: row, build } of PIPELINE_TABLE) {
      const p = new Pipeline("row");
      build(p);
      const environment = create(EnvironmentSchema, { urn: "e" });
      const proto = graphToProto(p.toGraph(), environment, profile.duties);
      const check = () => checkCapabilities(proto, profile);
      const refusal = REFUSED_ROWS.find(({ rows, by }) => rows.test(row) && by.includes(name));
      if (refusal === undefined) expect(check()).toEqual([]);
      else expect(check).toThrow(refusal.words);
    }
  });

  test("accepts bag state and timers", () => {
    const change = parDo({ stateSpecs: { bag: bagState }, timerFamilySpecs: { t: timer } });
    expect(checkCapabilities(pipeline(change), profile)).toEqual([]);
  });
});

/** What runners make of a TestStream and of streams, in words that must stand in the error. */
const REFUSED_STREAMS: readonly {
  readonly what: string;
  readonly build: (p: Pipeline) => void;
  readonly by: readonly RunnerName[];
  readonly words: RegExp;
}[] = [
  {
    what: "a TestStream",
    build: (p) => p.apply(testStream<number>().add([1, 0])),
    by: ["spark", "python"],
    words: /"TestStream\/Stream\/Events": a TestStream is for test runners only/,
  },
  {
    what: "a TestStream that turns the clock",
    build: (p) => p.apply(testStream<number>().advanceProcessingTime(5).add([1, 0])),
    by: ["spark", "python", "flink", "prism"],
    words: /timers follow the clock of the machine|a TestStream is for test runners only/,
  },
  {
    what: "a TestStream with late elements",
    build: (p) => p.apply(testStream<number>().advanceWatermarkTo(5).add([1, 4])),
    by: ["spark", "python", "prism"],
    words: /late elements are not dropped|a TestStream is for test runners only/,
  },
  {
    what: "a TestStream with timers",
    build: (p) =>
      p.apply(testStream<[string, number]>().add([["a", 1], 0])).parDo(() => new Wait()),
    by: ["spark", "python", "flink", "prism"],
    words: /overtake the timers|timers of the clock|a TestStream is for test runners only/,
  },
  {
    what: "finalization of a source's bundles",
    build: (p) => ticks(p).parDo(() => new Acknowledge()),
    by: ["spark", "python", "prism"],
    words: /finalization\)|endless/,
  },
  {
    what: "finalization after a reshuffle",
    build: (p) =>
      ticks(p)
        .reshuffle()
        .parDo(() => new Acknowledge()),
    by: ["spark", "python"],
    words: /finalization\)|endless/,
  },
];

const ticks = (p: Pipeline) =>
  p.apply(generateSequence({ rate: { elements: 1, per: { seconds: 1 } } }));

class Wait extends DoFn<[string, number], string> {
  private readonly later = this.processingTimer(() => undefined);

  override process(): void {
    this.later.setIn(5);
  }
}

class Acknowledge extends DoFn<number, never> {
  override readonly finalizesBundles = true;

  override process(_n: number, ctx: ProcessContext<never>): void {
    ctx.afterCommit(() => undefined);
  }
}

describe.each(REFUSED_STREAMS)("checkCapabilities and $what", ({ build, by, words }) => {
  test.each(RUNNERS)("%s refuses it exactly where it must", (name) => {
    const p = new Pipeline("stream");
    build(p);
    const profile = runnerProfile(name);
    const environment = create(EnvironmentSchema, { urn: "e" });
    const proto = graphToProto(p.toGraph(), environment, profile.duties);
    const check = () => checkCapabilities(proto, profile);
    if (by.includes(name)) expect(check).toThrow(words);
    else expect(check).not.toThrow();
  });
});

test("checkCapabilities reports everything at once, and how to go on", () => {
  const proto = pipeline((each) => {
    parDo({
      stateSpecs: { seen: multimapState, sorted: listState },
      requestsFinalization: true,
    })(each);
    transform("Script", "beam:transform:teststream:v1")(each);
  });
  let message = "";
  try {
    checkCapabilities(proto, runnerProfile("spark"));
  } catch (error) {
    message = (error as Error).message;
    expect(error).toMatchObject({ code: "UNSUPPORTED_BY_RUNNER", origin: "user" });
  }
  const [head, ...lines] = message.split("\n");
  expect(head).toBe(
    "Cannot run the pipeline on Spark: it asks for 4 things that Spark does not do; change it as follows, or choose another runner",
  );
  expect(lines).toHaveLength(4);
});

test("checkCapabilities tells what will be ignored, and lets the pipeline run", () => {
  const triggered = windows({ allowedLateness: 60_000n });
  expect(checkCapabilities(pipeline(triggered), runnerProfile("spark"))).toEqual([
    `"Group", 60000 ms: nothing is late in a batch job, so that allowed lateness has no effect on Spark; it does no harm`,
  ]);
});

test("runnerProfile names the runners there are when it knows none of that name", () => {
  expect(() => runnerProfile("sprak")).toThrow(/none of spark, flink, prism, python, generic/);
});
