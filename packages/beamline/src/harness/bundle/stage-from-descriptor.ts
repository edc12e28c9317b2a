import { fromBinary } from "@bufbuild/protobuf";
import type { Coder } from "../../coders/coder.js";
import { windowedValue } from "../../coders/windowed-value.js";
import type { Stage, StageSink, Step } from "../../exec/stage.js";
import type { Graph, PCollectionId } from "../../graph/nodes.js";
import { sideInputId } from "../../graph/proto/side-inputs-to-proto.js";
import { windowCoderOf } from "../../graph/proto/windowing-to-proto.js";
import { BeamlineError } from "../../model/errors.js";
import type { ProcessBundleDescriptor } from "../../proto/gen/fn-execution/control_pb.js";
import { RemoteGrpcPortSchema } from "../../proto/gen/fn-execution/data_pb.js";
import type { PTransform } from "../../proto/gen/pipeline/pipeline_pb.js";
import { runnerTransformUrns } from "../../proto/urns.js";
import type { DescriptorCoders, ElementCoder } from "./descriptor-coders.js";
import type { RootPort } from "./residual-roots.js";
import { familiesOf, isStatefulStep } from "./stateful-steps.js";
import { stepsOf } from "./steps-of-transform.js";
import type { FamilyPort } from "./user-state/fn-api-timers.js";

/** Where elements come in. */
export interface SourcePort {
  /** Id of the source transform. */
  readonly transform: string;
  readonly pcollection: PCollectionId;
  readonly coder: ElementCoder;
  /** Who takes its elements: what a split names. Undefined where several do, or nobody. */
  readonly consumer: { readonly transform: string; readonly input: string } | undefined;
}

/** Where elements leave. */
export interface SinkPort extends StageSink {
  readonly coder: ElementCoder;
}

/** A stage that a runner has cut out of the pipeline, with its ports. */
export interface DescriptorStage {
  readonly stage: Stage;
  readonly sources: readonly SourcePort[];
  readonly sinks: readonly SinkPort[];
  /** Ids of the transforms behind the stage's steps, in the same order. */
  readonly transformIds: readonly string[];
  /** Timers that come in and go out. */
  readonly families: readonly FamilyPort[];
  /** The steps that may leave restrictions for later. */
  readonly roots: readonly RootPort[];
}

type Entry = readonly [id: string, transform: PTransform];

/** Makes a runner's stage fit for `exec`; what it does is looked up in the pipeline's graph. */
export function stageFromDescriptor(
  descriptor: ProcessBundleDescriptor,
  graph: Graph,
  coders: DescriptorCoders,
): DescriptorStage {
  const entries = Object.entries(descriptor.transforms).filter(
    ([, { subtransforms }]) => subtransforms.length === 0,
  );
  const sources: SourcePort[] = [];
  const sinks: SinkPort[] = [];
  const steps: Step[] = [];
  const transformIds: string[] = [];
  const families: FamilyPort[] = [];
  const roots: RootPort[] = [];
  for (const [id, transform] of inTopologicalOrder(descriptor.id, entries)) {
    switch (transform.spec?.urn) {
      case runnerTransformUrns.dataSource: {
        const pcollection = onlyOf(id, transform.outputs);
        const consumer = consumerOf(entries, pcollection);
        const coder = portCoder(descriptor, transform, coders);
        sources.push({ transform: id, pcollection, coder, consumer });
        break;
      }
      case runnerTransformUrns.dataSink: {
        const pcollection = onlyOf(id, transform.inputs);
        sinks.push({ id, pcollection, coder: portCoder(descriptor, transform, coders) });
        break;
      }
      default:
        for (const found of stepsOf(id, transform, graph)) {
          const coder = inputCoderOf(found.input, descriptor, sources, coders);
          const wired = withWireSideInputs(found, descriptor, transform, coders);
          const step = coder === undefined ? wired : { ...wired, inputCoder: coder };
          if (isStatefulStep(step)) {
            families.push(...familiesOf(id, step, transform, descriptor, coders));
          }
          if (isProcessStep(step)) roots.push(rootOf(id, step, transform, sources, coder));
          steps.push(step);
          transformIds.push(id);
        }
    }
  }
  const stage: Stage = {
    id: descriptor.id,
    inputs: sources.map(({ pcollection }) => pcollection),
    steps,
    sinks,
    coders: new Map(),
  };
  return { stage, sources, sinks, transformIds, families, roots };
}

/** The coder of a step's elements where the runner has said it. */
function inputCoderOf(
  input: PCollectionId,
  descriptor: ProcessBundleDescriptor,
  sources: readonly SourcePort[],
  coders: DescriptorCoders,
): Coder<unknown> | undefined {
  // Both say the same where it matters: how keys are encoded.
  const source = sources.find(({ pcollection }) => pcollection === input);
  if (source !== undefined) return source.coder.value;
  const coderId = descriptor.pcollections[input]?.coderId;
  return coderId === undefined ? undefined : coders.coder(descriptor, coderId);
}

function isProcessStep({ operation }: Step): boolean {
  return operation.kind === "splittable" && operation.step === "processSized";
}

function rootOf(
  id: string,
  { name, input, operation, windowing }: Step,
  transform: PTransform,
  sources: readonly SourcePort[],
  coder: Coder<unknown> | undefined,
): RootPort {
  const source = sources.find(({ pcollection }) => pcollection === input);
  const local = Object.entries(transform.inputs).find(([, pcollection]) => pcollection === input);
  const ofPairs =
    coder === undefined ? undefined : windowedValue(coder, windowCoderOf(windowing?.windowFn));
  return {
    step: name,
    transform: id,
    input: local?.[0] ?? "",
    coder: source?.coder ?? ofPairs,
    outputs: Object.keys(transform.outputs),
    isBounded: operation.kind !== "splittable" || operation.make().isBounded,
  };
}

/** Side inputs come in the coders that the runner has chosen for their PCollections. */
function withWireSideInputs(
  step: Step,
  descriptor: ProcessBundleDescriptor,
  { inputs }: PTransform,
  coders: DescriptorCoders,
): Step {
  if (step.sideInputs === undefined) return step;
  const entries = Object.entries(step.sideInputs).map(([name, sideInput]) => {
    const id = inputs[sideInputId(step.name, name)] ?? "";
    const coderId = descriptor.pcollections[id]?.coderId ?? "";
    return [name, { ...sideInput, coder: coders.coder(descriptor, coderId) }] as const;
  });
  return { ...step, sideInputs: Object.fromEntries(entries) };
}

function portCoder(
  descriptor: ProcessBundleDescriptor,
  { spec }: PTransform,
  coders: DescriptorCoders,
): ElementCoder {
  const { coderId } = fromBinary(RemoteGrpcPortSchema, spec?.payload ?? new Uint8Array(0));
  return coders.elementCoder(descriptor, coderId);
}

function consumerOf(entries: readonly Entry[], pcollection: string) {
  const consumers = entries.flatMap(([transform, { inputs }]) =>
    Object.entries(inputs).flatMap(([input, id]) =>
      id === pcollection ? [{ transform, input }] : [],
    ),
  );
  return consumers.length === 1 ? consumers[0] : undefined;
}

function onlyOf(id: string, pcollections: Readonly<Record<string, string>>): string {
  const [only, ...others] = Object.values(pcollections);
  if (only !== undefined && others.length === 0) return only;
  throw new BeamlineError(
    "BAD_DESCRIPTOR",
    `Cannot run the data port "${id}": it has ${others.length + (only === undefined ? 0 : 1)} PCollections, not one; check the runner's version`,
    { origin: "remote" },
  );
}

/** Transforms come as a map: sorts them so that producers precede consumers. */
function inTopologicalOrder(stage: string, entries: readonly Entry[]): Entry[] {
  const producedHere = new Set(entries.flatMap(([, { outputs }]) => Object.values(outputs)));
  const ordered: Entry[] = [];
  const available = new Set<string>();
  let waiting = entries;
  while (waiting.length > 0) {
    const isReady = ([, { inputs }]: Entry) =>
      Object.values(inputs).every((id) => available.has(id) || !producedHere.has(id));
    const ready = waiting.filter(isReady);
    if (ready.length === 0) throw cyclic(stage);
    for (const entry of ready) {
      ordered.push(entry);
      for (const id of Object.values(entry[1].outputs)) available.add(id);
    }
    const done = new Set(ready);
    waiting = waiting.filter((entry) => !done.has(entry));
  }
  return ordered;
}

function cyclic(stage: string): BeamlineError {
  return new BeamlineError(
    "BAD_DESCRIPTOR",
    `Cannot run the stage ${stage}: its transforms depend on one another in a circle; check the runner's version`,
    { origin: "remote" },
  );
}
