import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { DoFn } from "../../fn/do-fn.js";
import type { Graph } from "../../graph/nodes.js";
import { text } from "../../io/text/text.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { unpackSpec } from "../../proto/function-spec.js";
import { EnvironmentSchema } from "../../proto/gen/pipeline/environment_pb.js";
import type { Pipeline as PipelineProto } from "../../proto/gen/pipeline/pipeline_pb.js";
import { ParDoPayloadSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import {
  OnTimeBehavior_Enum,
  WindowIntoPayloadSchema,
} from "../../proto/gen/pipeline/windowing_pb.js";
import { PIPELINE_TABLE } from "../../testing/table/index.js";
import { afterCount, afterWatermark } from "../../windowing/triggers.js";
import { calendarDays, fixedWindows } from "../../windowing/windows.js";
import { runnerPipeline } from "./runner-pipeline.js";
import { type RunnerName, runnerProfile } from "./runner-profile.js";

function preparedFor(build: (p: Pipeline) => void, runner: RunnerName) {
  const pipeline = new Pipeline("p");
  build(pipeline);
  const environment = create(EnvironmentSchema, { urn: "e" });
  return runnerPipeline(pipeline.toGraph() satisfies Graph, runnerProfile(runner), environment);
}

function protoOf(build: (p: Pipeline) => void, runner: RunnerName): PipelineProto {
  return preparedFor(build, runner).pipeline;
}

/** Every rule that Java's validator and the fusers rely on. */
function problemsOf({ components, rootTransformIds }: PipelineProto): string[] {
  const { transforms = {}, pcollections = {}, coders = {} } = components ?? {};
  const problems: string[] = [];
  const children = new Map<string, number>();
  const made = new Map<string, string>();
  for (const [id, { inputs, outputs, subtransforms }] of Object.entries(transforms)) {
    for (const child of subtransforms) {
      children.set(child, (children.get(child) ?? 0) + 1);
      if (!(child in transforms)) problems.push(`${id} has no part ${child}`);
    }
    for (const pcollection of [...Object.values(inputs), ...Object.values(outputs)]) {
      if (!(pcollection in pcollections))
        problems.push(`${id} names no PCollection ${pcollection}`);
    }
    if (subtransforms.length > 0) continue;
    for (const output of Object.values(outputs)) {
      if (made.has(output)) problems.push(`${output} has two producers`);
      made.set(output, id);
    }
  }
  for (const id of rootTransformIds) children.set(id, (children.get(id) ?? 0) + 1);
  for (const id of Object.keys(transforms)) {
    if (children.get(id) !== 1) problems.push(`${id} stands in ${children.get(id) ?? 0} places`);
  }
  for (const [id, { coderId }] of Object.entries(pcollections)) {
    if (!(coderId in coders)) problems.push(`${id} has no coder ${coderId}`);
  }
  const names = Object.values(transforms).map(({ uniqueName }) => uniqueName);
  if (new Set(names).size !== names.length) problems.push("names are not unique");
  return problems;
}

test.each(["spark", "generic"] as const)(
  "runnerPipeline gives well-formed pipelines for %s",
  (runner) => {
    for (const { name, build } of PIPELINE_TABLE) {
      // See checkCapabilities: Spark refuses these windows.
      if (name === "window-custom-merging") continue;
      expect([name, ...problemsOf(protoOf(build, runner))]).toEqual([name]);
    }
  },
  60_000,
);

const days = (p: Pipeline) =>
  p
    .create([1])
    .window("Days", calendarDays())
    .map("Key", (n) => [n, n] as [number, number])
    .groupByKey();

test.each([
  {
    runner: "spark",
    urns: ["beam:window_fn:fixed_windows:v1", "beam:window_fn:global_windows:v1"],
  },
  { runner: "python", urns: ["beam:window_fn:global_windows:v1", "beamline:window_fn:v1"] },
] as const)("runnerPipeline tells $runner of windows in its own words", ({ runner, urns }) => {
  const { components } = protoOf(days, runner);
  const strategies = Object.values(components?.windowingStrategies ?? {});
  expect(strategies.map(({ windowFn }) => windowFn?.urn).sort()).toEqual(urns);
  // Workers still put elements into the windows that were asked for.
  const { spec } = components?.transforms.Days ?? {};
  if (spec === undefined) throw new Error("no transform Days");
  expect(unpackSpec(spec, WindowIntoPayloadSchema).windowFn?.urn).toBe("beamline:window_fn:v1");
});

test("runnerPipeline asks for empty panes only where something fires before", () => {
  const build = (p: Pipeline) => {
    const numbers = p.create([1]);
    numbers.window("Plain", fixedWindows(10));
    numbers.window("Early", fixedWindows(20), {
      trigger: afterWatermark({ early: afterCount(1) }),
      allowedLateness: 0,
      accumulation: "discarding",
    });
  };
  const { components } = protoOf(build, "flink");
  const behaviourOf = (name: string) => {
    const [output = ""] = Object.values(components?.transforms[name]?.outputs ?? {});
    const id = components?.pcollections[output]?.windowingStrategyId ?? "";
    return components?.windowingStrategies[id]?.onTimeBehavior;
  };
  expect(behaviourOf("Plain")).toBe(OnTimeBehavior_Enum.FIRE_IF_NONEMPTY);
  expect(behaviourOf("Early")).toBe(OnTimeBehavior_Enum.FIRE_ALWAYS);
});

class LastWords extends DoFn<[string, number], string> {
  override readonly requiresTimeSortedInput = true;
  private readonly seen = this.valueState<number>();

  override process([, n]: [string, number]): void {
    this.seen.write(n);
  }

  override onWindowExpiration(): void {
    this.seen.clear();
  }
}

test.each([
  {
    runner: "flink",
    sorts: false,
    expires: "",
    families: ["(sorted input)", "onWindowExpiration"],
  },
  {
    runner: "prism",
    sorts: false,
    expires: "onWindowExpiration",
    families: ["(sorted input)", "onWindowExpiration"],
  },
  {
    runner: "generic",
    sorts: true,
    expires: "onWindowExpiration",
    families: ["onWindowExpiration"],
  },
] as const)(
  "runnerPipeline leaves to workers what $runner does not see to: expired windows, sorted input",
  ({ runner, sorts, expires, families }) => {
    const proto = protoOf((p) => {
      p.create<[string, number]>([["a", 1]]).parDo("Last", () => new LastWords());
    }, runner);
    const { spec } = proto.components?.transforms.Last ?? {};
    if (spec === undefined) throw new Error("no transform Last");
    const payload = unpackSpec(spec, ParDoPayloadSchema);
    expect(payload.requiresTimeSortedInput).toBe(sorts);
    expect(payload.onWindowExpirationTimerFamilySpec).toBe(expires);
    expect(Object.keys(payload.timerFamilySpecs).sort()).toEqual(families);
    expect(proto.requirements.some((urn) => urn.includes("time_sorted"))).toBe(sorts);
    expect(proto.requirements.some((urn) => urn.includes("window_expiration"))).toBe(
      expires !== "",
    );
  },
);

test("runnerPipeline spreads the restrictions of a source over Spark's tasks", () => {
  const proto = protoOf((p) => void p.apply(text.read("x.txt")), "spark");
  const { transforms = {}, pcollections = {}, coders = {} } = proto.components ?? {};
  const read = transforms["text.read/Read"] ?? transforms["Read/Read"];
  const id = Object.keys(transforms).find((key) => transforms[key] === read) ?? "";
  const parts = (read?.subtransforms ?? []).map((part) => transforms[part]);
  expect(read?.spec).toBeUndefined();
  expect(parts.map((part) => part?.spec?.urn)).toEqual([
    "beam:transform:sdf_pair_with_restriction:v1",
    "beam:transform:sdf_split_and_size_restrictions:v1",
    "beam:transform:reshuffle:v1",
    "beam:transform:sdf_process_sized_element_and_restrictions:v1",
  ]);
  expect(parts.map((part) => part?.environmentId !== "")).toEqual([true, true, false, true]);
  expect(parts[3]?.outputs).toEqual(read?.outputs);
  // Each step of the worker finds its function by the whole transform's name.
  for (const part of [parts[0], parts[1], parts[3]]) {
    if (part?.spec === undefined) throw new Error("a step has no function");
    const { doFn } = unpackSpec(part.spec, ParDoPayloadSchema);
    expect(JSON.parse(Buffer.from(doFn?.payload ?? []).toString())).toEqual({ transform: id });
  }
  const sized = pcollections[parts[1]?.outputs.out ?? ""]?.coderId ?? "";
  const urns = (coder: string): unknown[] => [
    coders[coder]?.spec?.urn,
    ...(coders[coder]?.componentCoderIds ?? []).map(urns),
  ];
  const [kv, [pair], [size]] = urns(sized) as [string, [string], [string]];
  expect([kv, pair, size]).toEqual([
    "beam:coder:kv:v1",
    "beam:coder:kv:v1",
    "beam:coder:double:v1",
  ]);
});

test("runnerPipeline leaves a source whole for runners that expand it themselves", () => {
  const proto = protoOf((p) => void p.apply(text.read("x.txt")), "prism");
  const urns = Object.values(proto.components?.transforms ?? {}).map(({ spec }) => spec?.urn);
  expect(urns.filter((urn) => urn?.includes("sdf_"))).toEqual([]);
});

test("runnerPipeline gives the inputs of a flatten the coder of its output, and keeps its parts apart", () => {
  const proto = protoOf((p) => {
    const named = p
      .create(["a"])
      .map("Named", (s) => s)
      .withCoder(stringUtf8);
    const other = p.create([1]).map("Other", (n) => String(n));
    named.flatten("Both", other);
  }, "generic");
  const { transforms = {}, pcollections = {} } = proto.components ?? {};
  const both = transforms.Both;
  const coderOf = (id = "") => pcollections[id]?.coderId;
  const wanted = coderOf(both?.outputs.out);
  expect(Object.values(both?.inputs ?? {}).map(coderOf)).toEqual([wanted, wanted]);
  expect(coderOf("Named.out")).not.toBe(wanted);
  expect(proto.rootTransformIds.indexOf("Both/PassOn.in0")).toBe(
    proto.rootTransformIds.indexOf("Both") - 1,
  );
});

test("runnerPipeline puts no step where none is needed", () => {
  const proto = protoOf((p) => {
    p.create([1])
      .map("A", (n) => n)
      .flatten(
        "Both",
        p.create([2]).map("B", (n) => n),
      );
  }, "spark");
  const names = Object.keys(proto.components?.transforms ?? {});
  expect(names.filter((name) => name.includes("PassOn"))).toEqual([]);
});

test("runnerPipeline lets no flatten mix what workers and what the runner makes", () => {
  const proto = protoOf((p) => {
    const numbers = p.create([1, 2]).reshuffle("Spread");
    numbers.map("Plus", (n) => n + 1).flatten("Both", numbers);
  }, "spark");
  const { transforms = {} } = proto.components ?? {};
  const producers = Object.values(transforms.Both?.inputs ?? {}).map((input) =>
    Object.values(transforms).find(
      ({ outputs, subtransforms }) =>
        subtransforms.length === 0 && Object.values(outputs).includes(input),
    ),
  );
  expect(producers.map((producer) => producer?.environmentId !== "")).toEqual([true, true]);
});

test.each(["spark", "flink", "prism"] as const)(
  "runnerPipeline warns of nothing that our own transforms are made of, on %s",
  (runner) => {
    const { warnings } = preparedFor((p) => {
      const lines = p.apply(text.read("/in/*")).reshuffle("Spread");
      lines.countPerElement().map(String).apply(text.write("/out/counts"));
    }, runner);
    expect(warnings).toEqual([]);
  },
);
