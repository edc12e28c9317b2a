import { fromBinary } from "@bufbuild/protobuf";
import type { Stage, StageSink, Step } from "../../exec/stage.js";
import type { Graph, PCollectionId } from "../../graph/nodes.js";
import { sideInputId } from "../../graph/proto/side-inputs-to-proto.js";
import { BeamlineError } from "../../model/errors.js";
import type { ProcessBundleDescriptor } from "../../proto/gen/fn-execution/control_pb.js";
import { RemoteGrpcPortSchema } from "../../proto/gen/fn-execution/data_pb.js";
import type { PTransform } from "../../proto/gen/pipeline/pipeline_pb.js";
import { runnerTransformUrns } from "../../proto/urns.js";
import type { DescriptorCoders, ElementCoder } from "./descriptor-coders.js";
import { stepsOf } from "./steps-of-transform.js";

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
        for (const step of stepsOf(id, transform, graph)) {
          steps.push(withWireSideInputs(step, descriptor, transform, coders));
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
  return { stage, sources, sinks, transformIds };
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
