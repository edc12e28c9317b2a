import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Coder } from "../../coders/coder.js";
import type { Stage, Step } from "../../exec/stage.js";
import type { Graph, PCollectionId } from "../../graph/nodes.js";
import { CoderTable } from "../../graph/proto/coder-table.js";
import { graphToProto } from "../../graph/proto/graph-to-proto.js";
import { sideInputId } from "../../graph/proto/side-inputs-to-proto.js";
import { internalError } from "../../model/errors.js";
import { functionSpec, packSpec } from "../../proto/function-spec.js";
import {
  type ProcessBundleDescriptor,
  ProcessBundleDescriptorSchema,
} from "../../proto/gen/fn-execution/control_pb.js";
import { RemoteGrpcPortSchema } from "../../proto/gen/fn-execution/data_pb.js";
import { EnvironmentSchema } from "../../proto/gen/pipeline/environment_pb.js";
import type { FunctionSpec } from "../../proto/gen/pipeline/function-spec_pb.js";
import type { PCollectionSchema, PTransformSchema } from "../../proto/gen/pipeline/pipeline_pb.js";
import { primitiveUrns, runnerTransformUrns, splittableParDoUrns } from "../../proto/urns.js";
import { elementCoderAt } from "./element-coder-at.js";

/** Id of the source transform of a stage's n-th input. */
export function sourceId(index: number): string {
  return `source${index}`;
}

/** Id of the transform of a stage's n-th step. */
export function stepId(index: number): string {
  return `step${index}`;
}

const SPLITTABLE_URNS = {
  pairWithRestriction: splittableParDoUrns.pairWithRestriction,
  splitAndSize: splittableParDoUrns.splitAndSizeRestrictions,
  truncate: splittableParDoUrns.truncateSizedRestriction,
  processSized: splittableParDoUrns.processSizedElementsAndRestrictions,
} as const;

/**
 * A stage of the local plan as a runner would send it to a worker, with the data endpoint `data`.
 * Step `n` becomes the transform `step<n>`; sinks keep their ids.
 */
export function descriptorOfStage(
  stage: Stage,
  graph: Graph,
  data: string,
): ProcessBundleDescriptor {
  const { components } = graphToProto(graph, create(EnvironmentSchema));
  const specs = components?.transforms ?? {};
  const coders = new CoderTable("wire");
  const transforms: Record<string, MessageInitShape<typeof PTransformSchema>> = {};
  const pcollections: Record<string, MessageInitShape<typeof PCollectionSchema>> = {};
  const port = (urn: string, pcollection: PCollectionId): FunctionSpec => {
    const coderId = coders.idOf(elementCoderAt(stage, graph, pcollection) as Coder<unknown>);
    return packSpec(urn, RemoteGrpcPortSchema, { apiServiceDescriptor: { url: data }, coderId });
  };
  for (const [i, input] of stage.inputs.entries()) {
    const spec = port(runnerTransformUrns.dataSource, input);
    transforms[sourceId(i)] = { uniqueName: sourceId(i), spec, outputs: { out: input } };
  }
  for (const [i, step] of stage.steps.entries()) {
    const spec = specOf(step, specs[step.name]?.spec);
    const outputs = { ...step.outputs };
    const inputs: Record<string, string> = { in: step.input };
    for (const [name, { pcollection, coder }] of Object.entries(step.sideInputs ?? {})) {
      inputs[sideInputId(step.name, name)] = pcollection;
      pcollections[pcollection] = { uniqueName: pcollection, coderId: coders.idOf(coder) };
    }
    transforms[stepId(i)] = { uniqueName: step.name, spec, inputs, outputs };
  }
  for (const { id, pcollection } of stage.sinks) {
    const spec = port(runnerTransformUrns.dataSink, pcollection);
    transforms[id] = { uniqueName: id, spec, inputs: { in: pcollection } };
  }
  return create(ProcessBundleDescriptorSchema, {
    id: stage.id,
    transforms,
    pcollections,
    coders: { ...components?.coders, ...coders.toProto() },
    timerApiServiceDescriptor: { url: data },
    stateApiServiceDescriptor: { url: data },
  });
}

function specOf({ name, operation }: Step, spec: FunctionSpec | undefined): FunctionSpec {
  if (operation.kind === "flatten") return functionSpec(primitiveUrns.flatten);
  if (spec === undefined) throw internalError(`"${name}" is not in the graph`);
  if (operation.kind !== "splittable") return spec;
  return functionSpec(SPLITTABLE_URNS[operation.step], spec.payload);
}
