import { fromBinary } from "@bufbuild/protobuf";
import { unpackSpec } from "../../../proto/function-spec.js";
import {
  type Components,
  IsBounded_Enum,
  type Pipeline,
  type PTransform,
} from "../../../proto/gen/pipeline/pipeline_pb.js";
import { TestStreamPayloadSchema } from "../../../proto/gen/pipeline/test-stream_pb.js";
import {
  type ParDoPayload,
  ParDoPayloadSchema,
  type StateSpec,
} from "../../../proto/gen/pipeline/transforms_pb.js";
import {
  AccumulationMode_Enum,
  MergeStatus_Enum,
  TimeDomain_Enum,
  type WindowingStrategy,
} from "../../../proto/gen/pipeline/windowing_pb.js";
import {
  combineComponentUrns,
  compositeUrns,
  primitiveUrns,
  splittableParDoUrns,
  userStateUrns,
  windowFnUrns,
} from "../../../proto/urns.js";
import type { Feature, FeatureUse } from "./feature.js";
import { isFusedWithSource } from "./fused-sources.js";

const GROUPING: ReadonlySet<string> = new Set([primitiveUrns.groupByKey]);
const PAR_DOS: ReadonlySet<string> = new Set([
  primitiveUrns.parDo,
  ...Object.values(splittableParDoUrns),
]);
const ORDINARY: ReadonlySet<string> = new Set([
  primitiveUrns.impulse,
  primitiveUrns.flatten,
  primitiveUrns.groupByKey,
  primitiveUrns.testStream,
  ...Object.values(combineComponentUrns),
  ...PAR_DOS,
]);
const WINDOW_FNS: ReadonlySet<string> = new Set(Object.values(windowFnUrns));

/** Everything that a pipeline asks of its runner beyond the ordinary, transform by transform. */
export function featuresOf({ components }: Pipeline): FeatureUse[] {
  if (components === undefined) return [];
  const uses: FeatureUse[] = [];
  const unread = partsOfReshuffles(components);
  for (const [id, transform] of Object.entries(components.transforms)) {
    if (unread.has(id)) continue;
    if (transform.subtransforms.length > 0 && !isPrimitive(transform)) continue;
    const name = transform.uniqueName === "" ? id : transform.uniqueName;
    for (const [feature, detail] of transformFeatures(transform, components)) {
      uses.push(
        detail === undefined ? { feature, transform: name } : { feature, transform: name, detail },
      );
    }
  }
  return uses;
}

/** Whether a pipeline never ends by itself. */
export function isUnbounded({ components }: Pipeline): boolean {
  const pcollections = Object.values(components?.pcollections ?? {});
  return pcollections.some(({ isBounded }) => isBounded === IsBounded_Enum.UNBOUNDED);
}

/** Every runner knows a reshuffle by its URN, and does not look at what it is made of. */
function partsOfReshuffles({ transforms }: Components): ReadonlySet<string> {
  const parts = Object.values(transforms)
    .filter(({ spec }) => spec?.urn === compositeUrns.reshuffle)
    .flatMap(({ subtransforms }) => subtransforms);
  return new Set(parts);
}

type Found = readonly [feature: Feature, detail?: string];

/** A composite whose URN runners know by heart counts as one transform. */
function isPrimitive({ spec }: PTransform): boolean {
  return ORDINARY.has(spec?.urn ?? "");
}

function* transformFeatures(transform: PTransform, components: Components): Iterable<Found> {
  const { spec, environmentId } = transform;
  const urn = spec?.urn ?? "";
  yield* unboundedSource(transform, components);
  if (spec !== undefined && PAR_DOS.has(urn)) {
    const payload = unpackSpec(spec, ParDoPayloadSchema);
    yield* parDoFeatures(payload);
    if (payload.requestsFinalization && isFusedWithSource(transform, components)) {
      yield ["bundle-finalization:source"];
    }
  }
  if (GROUPING.has(urn)) yield* windowingFeatures(transform, components);
  if (urn === primitiveUrns.testStream) {
    yield* testStreamFeatures(spec?.payload ?? new Uint8Array());
  }
  const worksByItself = environmentId === "" && transform.subtransforms.length === 0;
  if (urn !== "" && !ORDINARY.has(urn) && worksByItself) yield ["foreign-transform", urn];
  const hints = components.environments[environmentId]?.resourceHints ?? {};
  for (const hint of Object.keys(hints)) yield ["resource-hint", hint];
}

/** Told where it begins only: what is downstream of an endless input is endless too. */
function* unboundedSource(
  { inputs, outputs }: PTransform,
  { pcollections }: Components,
): Iterable<Found> {
  const unbounded = (id: string) => pcollections[id]?.isBounded === IsBounded_Enum.UNBOUNDED;
  if (!Object.values(inputs).some(unbounded) && Object.values(outputs).some(unbounded)) {
    yield ["unbounded"];
  }
}

function* testStreamFeatures(payload: Uint8Array): Iterable<Found> {
  yield ["test-stream"];
  let watermark: bigint | undefined;
  let hasLate = false;
  let turnsClock = false;
  for (const { event } of fromBinary(TestStreamPayloadSchema, payload).events) {
    if (event.case === "processingTimeEvent") turnsClock = true;
    if (event.case === "watermarkEvent") watermark = event.value.newWatermark;
    if (event.case !== "elementEvent" || watermark === undefined) continue;
    for (const { timestamp } of event.value.elements) hasLate ||= timestamp < watermark;
  }
  if (turnsClock) yield ["test-stream:clock"];
  if (hasLate) yield ["test-stream:late"];
}

function* parDoFeatures(payload: ParDoPayload): Iterable<Found> {
  const timers = Object.values(payload.timerFamilySpecs);
  const states = Object.entries(payload.stateSpecs);
  if (payload.restrictionCoderId !== "") yield ["splittable"];
  if (states.length + timers.length > 0) yield ["stateful"];
  for (const [id, state] of states) yield [stateFeature(state), id];
  for (const { timeDomain } of timers) {
    const inProcessingTime = timeDomain === TimeDomain_Enum.PROCESSING_TIME;
    yield [inProcessingTime ? "timer:processing-time" : "timer:event-time"];
  }
  for (const [id, { accessPattern }] of Object.entries(payload.sideInputs)) {
    yield ["side-input", `${id} (${accessPattern?.urn ?? "no access pattern"})`];
  }
  if (payload.onWindowExpirationTimerFamilySpec !== "") yield ["on-window-expiration"];
  if (payload.requestsFinalization) yield ["bundle-finalization"];
  if (payload.requiresStableInput) yield ["stable-input"];
  if (payload.requiresTimeSortedInput) yield ["time-sorted-input"];
}

/** What counts is how the runner has to serve it: a value or an accumulator is a bag on the wire. */
function stateFeature({ protocol, spec }: StateSpec): Feature {
  switch (protocol?.urn) {
    case userStateUrns.multimap:
      return "state:multimap";
    case userStateUrns.orderedList:
      return "state:ordered-list";
    default:
      return spec.case === "orderedListSpec" ? "state:ordered-list" : "state:bag";
  }
}

function* windowingFeatures({ inputs }: PTransform, components: Components): Iterable<Found> {
  for (const id of Object.values(inputs)) {
    const strategyId = components.pcollections[id]?.windowingStrategyId ?? "";
    const strategy = components.windowingStrategies[strategyId];
    if (strategy !== undefined) yield* strategyFeatures(strategy);
  }
}

function* strategyFeatures(strategy: WindowingStrategy): Iterable<Found> {
  const urn = strategy.windowFn?.urn ?? "";
  if (urn === windowFnUrns.sessionWindows) yield ["window:sessions"];
  else if (!WINDOW_FNS.has(urn)) {
    const merges = strategy.mergeStatus === MergeStatus_Enum.NEEDS_MERGE;
    yield [merges ? "window:custom-merging" : "window:custom", urn];
  }
  const trigger = strategy.trigger?.trigger.case;
  if (trigger !== undefined && trigger !== "default") yield ["trigger", trigger];
  if (strategy.accumulationMode === AccumulationMode_Enum.ACCUMULATING)
    yield ["accumulating-panes"];
  if (strategy.allowedLateness > 0n) yield ["allowed-lateness", `${strategy.allowedLateness} ms`];
}
