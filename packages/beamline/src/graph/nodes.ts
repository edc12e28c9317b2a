import type { Coder } from "../coders/coder.js";
import type { CombineFn } from "../fn/combine-fn.js";
import type { UserFn } from "../fn/user-fn.js";
import type { Timestamp } from "../model/time.js";
import type { WindowingStrategy } from "../windowing/windowing-strategy.js";
import type { RunHooks } from "./run-hooks.js";
import type { SideInput } from "./side-input.js";

/** Identifies a PCollection: the producing primitive's name, a dot, and the output's tag. */
export type PCollectionId = string;

/** The tag of a transform's main output. */
export const MAIN_OUTPUT = "out";

export interface PCollectionNode {
  readonly kind: "pcollection";
  readonly id: PCollectionId;
  /** Name of the primitive transform that produces it. */
  readonly producer: string;
  readonly tag: string;
  readonly coder: Coder<unknown>;
  readonly windowing: WindowingStrategy;
  /** Whether it ends: what comes from an unbounded source does not. */
  readonly isBounded: boolean;
}

interface TransformBase {
  /** Unique in the graph: the names of the enclosing composites and its own, joined by "/". */
  readonly name: string;
  /** What was known about it at build time and is not code: part of its fingerprint. */
  readonly parameters?: unknown;
}

/** Emits one empty byte string: where every bounded pipeline begins (`beam:transform:impulse:v1`). */
export interface ImpulseNode extends TransformBase {
  readonly kind: "impulse";
  readonly output: PCollectionId;
}

/** Runs a user function on each element (`beam:transform:pardo:v1`). */
export interface ParDoNode extends TransformBase {
  readonly kind: "parDo";
  readonly input: PCollectionId;
  /** By tag; the main output is always there. */
  readonly outputs: Readonly<Record<string, PCollectionId>>;
  readonly fn: UserFn;
  /** By the name under which the function sees them. */
  readonly sideInputs: Readonly<Record<string, SideInput>>;
}

/** Puts elements into windows (`beam:transform:window_into:v1`); its output has the windowing. */
export interface WindowIntoNode extends TransformBase {
  readonly kind: "windowInto";
  readonly input: PCollectionId;
  readonly output: PCollectionId;
  readonly windowing: WindowingStrategy;
}

/** Emits elements, moves the watermark and turns the clock as told (`beam:transform:teststream:v1`). */
export interface TestStreamNode extends TransformBase {
  readonly kind: "testStream";
  readonly output: PCollectionId;
  readonly events: readonly TestStreamEvent[];
}

export type TestStreamEvent =
  | {
      readonly kind: "elements";
      readonly elements: readonly { readonly value: unknown; readonly timestamp: Timestamp }[];
    }
  | { readonly kind: "watermark"; readonly to: Timestamp }
  | { readonly kind: "processingTime"; readonly by: number };

/** Gathers the values of each key (`beam:transform:group_by_key:v1`). */
export interface GroupByKeyNode extends TransformBase {
  readonly kind: "groupByKey";
  readonly input: PCollectionId;
  readonly output: PCollectionId;
}

/** Spreads elements over the workers and ends fusion (`beam:transform:reshuffle:v1`). */
export interface ReshuffleNode extends TransformBase {
  readonly kind: "reshuffle";
  readonly input: PCollectionId;
  readonly output: PCollectionId;
}

/** Unites PCollections (`beam:transform:flatten:v1`). */
export interface FlattenNode extends TransformBase {
  readonly kind: "flatten";
  readonly inputs: readonly PCollectionId[];
  readonly output: PCollectionId;
}

/**
 * One step of a lifted combine: values to accumulators before the shuffle, accumulators merged
 * after it, results extracted (`beam:transform:combine_per_key_{precombine,merge_accumulators,extract_outputs}:v1`).
 */
export interface CombineStepNode extends TransformBase {
  readonly kind: "combineStep";
  readonly step: "precombine" | "merge" | "extract";
  readonly input: PCollectionId;
  readonly output: PCollectionId;
  readonly combine: CombineFn<unknown, unknown, unknown>;
}

export type PrimitiveNode =
  | ImpulseNode
  | ParDoNode
  | GroupByKeyNode
  | ReshuffleNode
  | FlattenNode
  | CombineStepNode
  | WindowIntoNode
  | TestStreamNode;

/** A named group of transforms. It has a meaning for people, and for runners that know its URN. */
export interface CompositeNode extends TransformBase {
  readonly kind: "composite";
  readonly urn?: string;
  readonly children: readonly string[];
  readonly inputs: readonly PCollectionId[];
  readonly outputs: readonly PCollectionId[];
  readonly hooks?: RunHooks;
}

export type TransformNode = PrimitiveNode | CompositeNode;

/** A whole pipeline: frozen, and in topological order. */
export interface Graph {
  readonly kind: "graph";
  readonly name: string;
  /** Every transform by name; primitives stand in an order in which producers precede consumers. */
  readonly transforms: ReadonlyMap<string, TransformNode>;
  readonly pcollections: ReadonlyMap<PCollectionId, PCollectionNode>;
  /** Names of the outermost transforms. */
  readonly roots: readonly string[];
}

export function inputsOf(node: TransformNode): readonly PCollectionId[] {
  switch (node.kind) {
    case "impulse":
    case "testStream":
      return [];
    case "flatten":
    case "composite":
      return node.inputs;
    case "parDo":
    case "groupByKey":
    case "reshuffle":
    case "combineStep":
    case "windowInto":
      return [node.input];
  }
}

/** The PCollections that a transform reads from the side. */
export function sideInputsOf(node: TransformNode): readonly PCollectionId[] {
  if (node.kind !== "parDo") return [];
  return Object.values(node.sideInputs).map(({ pcollection }) => pcollection);
}

/** Outputs by tag. */
export function outputsOf(node: PrimitiveNode): Readonly<Record<string, PCollectionId>> {
  return node.kind === "parDo" ? node.outputs : { [MAIN_OUTPUT]: node.output };
}

/** The primitive transforms in topological order. */
export function primitivesOf(graph: Graph): PrimitiveNode[] {
  const primitives: PrimitiveNode[] = [];
  for (const node of graph.transforms.values()) {
    if (node.kind !== "composite") primitives.push(node);
  }
  return primitives;
}
