import { js } from "../../coders/js.js";
import { stepSideInputsOf } from "../../exec/side-inputs/step-side-inputs.js";
import type { Step, StepOperation } from "../../exec/stage.js";
import type { CombineFn } from "../../fn/combine-fn.js";
import type { AnySplittableDoFn } from "../../fn/user-fn.js";
import {
  type CombineStepNode,
  type Graph,
  MAIN_OUTPUT,
  outputsOf,
  type ParDoNode,
  type PCollectionId,
  type PrimitiveNode,
} from "../../graph/nodes.js";
import { decodeFunctionPayload } from "../../graph/proto/function-payload.js";
import { sideInputIdsOf } from "../../graph/proto/side-inputs-to-proto.js";
import { playedElement } from "../../graph/proto/test-stream-to-proto.js";
import { BeamlineError } from "../../model/errors.js";
import { unpackSpec } from "../../proto/function-spec.js";
import type { FunctionSpec } from "../../proto/gen/pipeline/function-spec_pb.js";
import type { PTransform } from "../../proto/gen/pipeline/pipeline_pb.js";
import {
  CombinePayloadSchema,
  ParDoPayloadSchema,
} from "../../proto/gen/pipeline/transforms_pb.js";
import {
  beamlineUrns,
  combineComponentUrns,
  primitiveUrns,
  splittableParDoUrns,
  unlistedUrns,
} from "../../proto/urns.js";
import { addKeys } from "./reshuffle-parts.js";
import { mapWindowsOperation, mergeWindowsOperation, windowIntoOperation } from "./window-steps.js";

/** A transform of a runner's stage, on its way to steps. */
interface Draft {
  readonly id: string;
  readonly transform: PTransform;
  readonly spec: FunctionSpec;
  readonly graph: Graph;
}

/**
 * What one transform of a descriptor does, as steps for `exec`: mostly one, and one for each input
 * of a flatten. Throws `UNKNOWN_TRANSFORM` with its name and URN when the worker cannot run it.
 */
export function stepsOf(id: string, transform: PTransform, graph: Graph): Step[] {
  const { spec } = transform;
  if (spec === undefined) throw unknownTransform(id, transform, "");
  const draft: Draft = { id, transform, spec, graph };
  switch (spec.urn) {
    case primitiveUrns.parDo:
      return parDoSteps(draft);
    case primitiveUrns.flatten:
      return passOn(draft);
    case primitiveUrns.assignWindows:
      return [oneToOne(draft, draftName(draft), windowIntoOperation(spec, graph))];
    case primitiveUrns.mergeWindows:
      return [oneToOne(draft, draftName(draft), mergeWindowsOperation(spec, graph))];
    case primitiveUrns.mapWindows:
      return [oneToOne(draft, draftName(draft), mapWindowsOperation(spec, graph))];
    case splittableParDoUrns.pairWithRestriction:
      return [splittableStep(draft, "pairWithRestriction")];
    case splittableParDoUrns.splitAndSizeRestrictions:
      return [splittableStep(draft, "splitAndSize")];
    case splittableParDoUrns.processSizedElementsAndRestrictions:
      return [splittableStep(draft, "processSized")];
    case splittableParDoUrns.truncateSizedRestriction:
      return [splittableStep(draft, "truncate")];
    case combineComponentUrns.combinePerKeyPrecombine:
      return [combineStep(draft, "precombine")];
    case combineComponentUrns.combinePerKeyMergeAccumulators:
      return [combineStep(draft, "merge")];
    case combineComponentUrns.combinePerKeyExtractOutputs:
      return [combineStep(draft, "extract")];
    case combineComponentUrns.combineGroupedValues:
      return [combineAtOnce(draft, combineValues)];
    case combineComponentUrns.combinePerKeyConvertToAccumulators:
      return [combineAtOnce(draft, accumulatorOf)];
    default:
      throw unknownTransform(id, transform, spec.urn);
  }
}

function parDoSteps(draft: Draft): Step[] {
  const payload = unpackSpec(draft.spec, ParDoPayloadSchema);
  const doFn = payload.doFn;
  if (doFn?.urn === unlistedUrns.identityDoFn) return passOn(draft);
  if (doFn?.urn !== beamlineUrns.doFn) {
    throw unknownTransform(draft.id, draft.transform, doFn?.urn ?? "");
  }
  const { transform, part } = decodeFunctionPayload(doFn.payload);
  switch (part) {
    case "addKey":
      return [oneToOne(draft, transform, { kind: "parDo", fn: { kind: "map", fn: addKeys() } })];
    case "removeKey":
      return [oneToOne(draft, transform, { kind: "restamp" })];
    case "decode":
      return [oneToOne(draft, transform, decodeOperation(draft, transform))];
    case undefined:
      break;
  }
  const node = parDoNode(draft, transform);
  if (node.fn.kind === "splittable") throw unexpandedSplittable(draft, transform);
  const operation: StepOperation = { kind: "parDo", fn: node.fn };
  const sideInputs = stepSideInputsOf(node, draft.graph);
  const outputs = outputsByTag(draft, node);
  const input = mainInput(draft, node);
  const windowing = windowingOf(draft, node.input);
  return [{ name: transform, operation, input, outputs, ...windowing, ...sideInputs }];
}

/** Elements of a TestStream, out of what a runner plays. */
function decodeOperation({ graph }: Draft, name: string): StepOperation {
  const node = graph.transforms.get(name);
  const coder =
    node?.kind === "testStream" ? graph.pcollections.get(node.output)?.coder : undefined;
  if (coder === undefined) throw noSuchFunction(name, "TestStream");
  const fn = (played: unknown): unknown => playedElement(played, coder);
  return { kind: "parDo", fn: { kind: "map", fn } };
}

function splittableStep(
  draft: Draft,
  step: Extract<StepOperation, { kind: "splittable" }>["step"],
): Step {
  const { doFn } = unpackSpec(draft.spec, ParDoPayloadSchema);
  if (doFn?.urn !== beamlineUrns.doFn) {
    throw unknownTransform(draft.id, draft.transform, doFn?.urn ?? "");
  }
  const { transform } = decodeFunctionPayload(doFn.payload);
  const node = parDoNode(draft, transform);
  if (node.fn.kind !== "splittable") throw noSuchFunction(transform, "splittable DoFn");
  const make: () => AnySplittableDoFn = node.fn.make;
  const operation: StepOperation = { kind: "splittable", step, make };
  const input = mainInput(draft, node);
  // Only process() is given a context.
  const reads = step === "processSized";
  const sideInputs = reads ? stepSideInputsOf(node, draft.graph) : {};
  const outputs = reads ? outputsByTag(draft, node) : onlyOutput(draft);
  const windowing = windowingOf(draft, node.input);
  return { name: transform, operation, input, outputs, ...windowing, ...sideInputs };
}

function combineStep(
  draft: Draft,
  step: Extract<StepOperation, { kind: "combineStep" }>["step"],
): Step {
  const node = combineNode(draft);
  const keyCoder = draft.graph.pcollections.get(node.output)?.coder.components[0] ?? js;
  const { combine } = node;
  const lifted = oneToOne(draft, node.name, { kind: "combineStep", step, combine, keyCoder });
  return { ...lifted, ...windowingOf(draft, node.input) };
}

type AnyCombine = CombineFn<unknown, unknown, unknown>;

/** A combining step that treats each element by itself: a function of its own suffices. */
function combineAtOnce(
  draft: Draft,
  make: (combine: AnyCombine) => (value: never) => unknown,
): Step {
  const node = combineNode(draft);
  const fn = make(node.combine);
  return oneToOne(draft, node.name, { kind: "parDo", fn: { kind: "map", fn } });
}

function combineValues(combine: AnyCombine) {
  return ([key, values]: readonly [unknown, Iterable<unknown>]) => {
    let accumulator = combine.create();
    for (const value of values) accumulator = combine.add(accumulator, value);
    return [key, combine.extract(accumulator)];
  };
}

function accumulatorOf(combine: AnyCombine) {
  return ([key, value]: readonly [unknown, unknown]) => [key, combine.add(combine.create(), value)];
}

function draftName({ id, transform }: Draft): string {
  return transform.uniqueName || id;
}

/** How a step's input is windowed, whatever the runner calls the PCollection. */
function windowingOf({ graph }: Draft, input: PCollectionId): Pick<Step, "windowing"> {
  const windowing = graph.pcollections.get(input)?.windowing;
  return windowing === undefined ? {} : { windowing };
}

/** Elements go through as they are: one step an input. */
function passOn(draft: Draft): Step[] {
  const name = draftName(draft);
  const outputs = onlyOutput(draft);
  return Object.values(draft.transform.inputs).map((input) => ({
    name,
    operation: { kind: "flatten" },
    input,
    outputs,
  }));
}

function oneToOne(draft: Draft, name: string, operation: StepOperation): Step {
  return { name, operation, input: onlyInput(draft), outputs: onlyOutput(draft) };
}

/** The main output, whatever the runner calls it. */
function onlyOutput({ id, transform }: Draft): Step["outputs"] {
  const [only] = Object.values(transform.outputs);
  return { [MAIN_OUTPUT]: only ?? `${id} (nothing reads it)` };
}

/** Outputs under the node's own tags; one that the runner has left out leads nowhere. */
function outputsByTag({ transform }: Draft, node: PrimitiveNode): Readonly<Record<string, string>> {
  const tags = Object.entries(outputsOf(node));
  const [only, ...others] = Object.values(transform.outputs);
  if (tags.length === 1 && only !== undefined && others.length === 0)
    return { [MAIN_OUTPUT]: only };
  return Object.fromEntries(tags.map(([tag, own]) => [tag, transform.outputs[tag] ?? own]));
}

function onlyInput({ id, transform }: Draft): PCollectionId {
  return theOne(id, Object.values(transform.inputs));
}

/** The input that is not read from the side. */
function mainInput({ id, transform }: Draft, node: ParDoNode): PCollectionId {
  const beside = sideInputIdsOf(node);
  const main = Object.entries(transform.inputs).filter(([input]) => !Object.hasOwn(beside, input));
  return theOne(
    id,
    main.map(([, pcollection]) => pcollection),
  );
}

function theOne(id: string, [only, ...others]: readonly PCollectionId[]): PCollectionId {
  if (only !== undefined && others.length === 0) return only;
  const count = only === undefined ? 0 : others.length + 1;
  throw new BeamlineError(
    "UNSUPPORTED_TRANSFORM",
    `Cannot run "${id}": it has ${count} main inputs, not one; check that the runner's version is the one that this worker was made for`,
    { origin: "remote" },
  );
}

function parDoNode({ graph }: Draft, name: string) {
  const node = graph.transforms.get(name);
  if (node?.kind !== "parDo") throw noSuchFunction(name, "DoFn");
  return node;
}

function combineNode({ id, transform, spec, graph }: Draft): CombineStepNode {
  const { combineFn } = unpackSpec(spec, CombinePayloadSchema);
  if (combineFn?.urn !== beamlineUrns.combineFn) {
    throw unknownTransform(id, transform, combineFn?.urn ?? "");
  }
  const { transform: name } = decodeFunctionPayload(combineFn.payload);
  const node = graph.transforms.get(name);
  if (node?.kind !== "combineStep") throw noSuchFunction(name, "CombineFn");
  return node;
}

function noSuchFunction(name: string, what: string): BeamlineError {
  return new BeamlineError(
    "GRAPH_MISMATCH",
    `Cannot run "${name}": the pipeline that this worker has built has no ${what} of that name; make sure that workers run the bundle that the job was submitted with`,
  );
}

function unexpandedSplittable({ id }: Draft, name: string): BeamlineError {
  return new BeamlineError(
    "UNSUPPORTED_TRANSFORM",
    `Cannot run "${name}": the runner did not expand this splittable DoFn (${id}); use a runner that supports splittable DoFns`,
    { origin: "remote" },
  );
}

function unknownTransform(id: string, { uniqueName }: PTransform, urn: string): BeamlineError {
  const name = uniqueName === "" || uniqueName === id ? `"${id}"` : `"${uniqueName}" (${id})`;
  return new BeamlineError(
    "UNKNOWN_TRANSFORM",
    `Cannot run the transform ${name}: this worker does not know ${urn === "" ? "a transform without a URN" : urn}; a transform of another SDK needs that SDK's environment`,
    { origin: "remote" },
  );
}
