import { clone, create } from "@bufbuild/protobuf";
import { functionSpec, packSpec } from "../../proto/function-spec.js";
import {
  type Components,
  type PCollection,
  PCollectionSchema,
  type Pipeline,
  PipelineSchema,
  type PTransform,
  PTransformSchema,
} from "../../proto/gen/pipeline/pipeline_pb.js";
import { ParDoPayloadSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import { compositeUrns, primitiveUrns, unlistedUrns } from "../../proto/urns.js";
import { addUnder } from "./add-under.js";

/**
 * Puts a step that passes elements on before a Flatten or Reshuffle where runners need one:
 *
 * - Input and output of both must have one coder. Runners pass the bytes of elements through as they
 *   are, and Prism puts a Reshuffle's input in the place of its output altogether.
 * - A Flatten must not mix inputs from workers with inputs from the runner (from a GroupByKey, say).
 *   Java's runners would take the Flatten apart and then miss the former ("consumed but never
 *   produced").
 *
 * Returns another pipeline. The step is one function call for each element in a worker.
 */
export function withPassOnSteps(pipeline: Pipeline): Pipeline {
  const changed = clone(PipelineSchema, pipeline);
  const { components, rootTransformIds } = changed;
  const environments = Object.keys(components?.environments ?? {});
  const [environment] = environments;
  if (components === undefined || environment === undefined) return changed;
  const producers = producersOf(components);
  for (const [id, transform] of Object.entries(components.transforms)) {
    const urn = transform.spec?.urn;
    if (urn !== primitiveUrns.flatten && urn !== compositeUrns.reshuffle) continue;
    const [output = ""] = Object.values(transform.outputs);
    const coderId = components.pcollections[output]?.coderId;
    for (const [name, input] of Object.entries(transform.inputs)) {
      const pcollection = components.pcollections[input];
      if (pcollection === undefined || coderId === undefined) continue;
      const producer = producers.get(input);
      const isMixed = urn === primitiveUrns.flatten && isMadeByRunner(producer);
      if (pcollection.coderId === coderId && !isMixed) continue;
      const environmentId = producer?.environmentId || environment;
      const at = { components, rootTransformIds, id, name };
      insertStep(at, { ...pcollection, coderId }, input, environmentId);
    }
  }
  return changed;
}

interface Place {
  readonly components: Components;
  readonly rootTransformIds: string[];
  /** The transform before which a step goes, and the local name of its input. */
  readonly id: string;
  readonly name: string;
}

function insertStep(
  { components, rootTransformIds, id, name }: Place,
  pcollection: PCollection,
  input: string,
  environmentId: string,
): void {
  const transform = components.transforms[id];
  if (transform === undefined) return;
  const part = `PassOn.${name}`;
  const uniqueName = `${transform.uniqueName}/${part}`;
  const passed = create(PCollectionSchema, { ...pcollection, uniqueName: `${uniqueName}.out` });
  const output = addUnder(components.pcollections, `${id}/${part}.out`, passed);
  const doFn = functionSpec(unlistedUrns.identityDoFn);
  const step = create(PTransformSchema, {
    uniqueName,
    spec: packSpec(primitiveUrns.parDo, ParDoPayloadSchema, { doFn }),
    inputs: { in0: input },
    outputs: { out: output },
    environmentId,
  });
  const stepId = addUnder(components.transforms, `${id}/${part}`, step);
  const siblings = siblingsOf(components, id) ?? rootTransformIds;
  siblings.splice(siblings.indexOf(id), 0, stepId);
  transform.inputs[name] = output;
  for (const child of transform.subtransforms) replaceInput(components, child, input, output);
}

/** The list that a transform stands in: its parent's, unless it is a root. */
function siblingsOf(components: Components, id: string): string[] | undefined {
  for (const { subtransforms } of Object.values(components.transforms)) {
    if (subtransforms.includes(id)) return subtransforms;
  }
  return undefined;
}

/** In a part of an expansion, and in its parts. */
function replaceInput(components: Components, id: string, from: string, to: string): void {
  const transform = components.transforms[id];
  if (transform === undefined) return;
  for (const [name, input] of Object.entries(transform.inputs)) {
    if (input === from) transform.inputs[name] = to;
  }
  for (const child of transform.subtransforms) replaceInput(components, child, from, to);
}

/**
 * Who makes each PCollection, as runners see it: a Reshuffle rather than the last part of its
 * expansion.
 */
function producersOf({ transforms }: Components): ReadonlyMap<string, PTransform> {
  const producers = new Map<string, PTransform>();
  const add = (transform: PTransform) => {
    for (const output of Object.values(transform.outputs)) producers.set(output, transform);
  };
  const all = Object.values(transforms);
  for (const transform of all) if (transform.subtransforms.length === 0) add(transform);
  for (const transform of all) if (isReshuffle(transform)) add(transform);
  return producers;
}

function isReshuffle({ spec }: PTransform): boolean {
  return spec?.urn === compositeUrns.reshuffle;
}

/** A Flatten goes wherever its inputs are. */
function isMadeByRunner(producer: PTransform | undefined): boolean {
  if (producer === undefined) return false;
  return producer.environmentId === "" && producer.spec?.urn !== primitiveUrns.flatten;
}
