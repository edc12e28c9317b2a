import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Coder } from "../../coders/coder.js";
import { iterable } from "../../coders/iterable.js";
import { js } from "../../coders/js.js";
import { kv } from "../../coders/kv.js";
import { timestamp } from "../../coders/timestamp.js";
import { varint } from "../../coders/varint.js";
import { internalError } from "../../model/errors.js";
import { functionSpec, packSpec } from "../../proto/function-spec.js";
import type { Environment } from "../../proto/gen/pipeline/environment_pb.js";
import {
  IsBounded_Enum,
  type PCollectionSchema,
  type Pipeline,
  PipelineSchema,
  type PTransformSchema,
} from "../../proto/gen/pipeline/pipeline_pb.js";
import {
  CombinePayloadSchema,
  ParDoPayloadSchema,
} from "../../proto/gen/pipeline/transforms_pb.js";
import { WindowIntoPayloadSchema } from "../../proto/gen/pipeline/windowing_pb.js";
import {
  beamlineUrns,
  combineComponentUrns,
  compositeUrns,
  primitiveUrns,
  requirementUrns,
} from "../../proto/urns.js";
import type { WindowingStrategy } from "../../windowing/windowing-strategy.js";
import type { Flow } from "../flow.js";
import {
  type CombineStepNode,
  type CompositeNode,
  type Graph,
  inputsOf,
  outputsOf,
  type ParDoNode,
  type PCollectionId,
  type PCollectionNode,
  type PrimitiveNode,
  type ReshuffleNode,
  type TestStreamNode,
} from "../nodes.js";
import { restrictionStateCoder } from "../splittable-coders.js";
import { CoderTable } from "./coder-table.js";
import { encodeFunctionPayload, type TransformPart } from "./function-payload.js";
import { sideInputIdsOf, sideInputSpecsOf } from "./side-inputs-to-proto.js";
import { type RunnerDuties, requirementsOf, stateSpecsOf } from "./state-to-proto.js";
import { playedCoder, testStreamSpec } from "./test-stream-to-proto.js";
import { windowFnToProto } from "./window-fn-to-proto.js";
import { WindowingTable, windowCoderOf } from "./windowing-to-proto.js";

type TransformInit = MessageInitShape<typeof PTransformSchema>;

const ENVIRONMENT = "beamline";

/**
 * The graph as Beam's Pipeline proto: what any runner takes. Ids of transforms and PCollections
 * are their names in the graph. User code stays behind, named by {@link encodeFunctionPayload}.
 *
 * @param environment - Where the runner finds workers that can run the code.
 * @param duties - What the runner sees to by itself. Default: everything.
 */
export function graphToProto(
  graph: Graph,
  environment: Environment,
  duties: RunnerDuties = ALL_DUTIES,
): Pipeline {
  return new Translation(graph, duties).pipeline(environment);
}

const ALL_DUTIES: RunnerDuties = { expiresWindows: true, sortsInput: true };

class Translation {
  private readonly graph: Graph;
  private readonly coders = new CoderTable();
  private readonly transforms: Record<string, TransformInit> = {};
  private readonly pcollections: Record<string, MessageInitShape<typeof PCollectionSchema>> = {};
  private readonly requirements = new Set<string>();
  private readonly windowings: WindowingTable;

  private readonly duties: RunnerDuties;

  constructor(graph: Graph, duties: RunnerDuties) {
    this.graph = graph;
    this.duties = duties;
    this.windowings = new WindowingTable(graph, this.coders, ENVIRONMENT);
  }

  pipeline(environment: Environment): Pipeline {
    for (const node of this.graph.pcollections.values()) {
      this.addPCollection(node.id, node.coder, node);
    }
    for (const node of this.graph.transforms.values()) this.addTransform(node);
    return create(PipelineSchema, {
      components: {
        transforms: this.transforms,
        pcollections: this.pcollections,
        windowingStrategies: this.windowings.toProto(),
        coders: this.coders.toProto(),
        environments: { [ENVIRONMENT]: environment },
      },
      rootTransformIds: [...this.graph.roots],
      requirements: [...this.requirements],
    });
  }

  private addPCollection(id: PCollectionId, coder: Coder<unknown>, flow: Flow): void {
    this.pcollections[id] = {
      uniqueName: id,
      coderId: this.coders.idOf(coder),
      isBounded: flow.isBounded ? IsBounded_Enum.BOUNDED : IsBounded_Enum.UNBOUNDED,
      windowingStrategyId: this.windowings.idOf(flow.windowing),
    };
  }

  private addTransform(node: PrimitiveNode | CompositeNode): void {
    switch (node.kind) {
      case "composite":
        this.add(node.name, this.composite(node));
        return;
      case "reshuffle":
        this.addReshuffle(node);
        return;
      case "testStream":
        this.addTestStream(node);
        return;
      case "windowInto": {
        const windowFn = windowFnToProto(node.windowing.windowFn, this.graph);
        const spec = packSpec(primitiveUrns.assignWindows, WindowIntoPayloadSchema, { windowFn });
        this.addPrimitive(node, { spec, environmentId: ENVIRONMENT });
        return;
      }
      case "impulse":
        this.addPrimitive(node, { spec: functionSpec(primitiveUrns.impulse) });
        return;
      case "groupByKey":
        this.addPrimitive(node, { spec: functionSpec(primitiveUrns.groupByKey) });
        return;
      case "flatten":
        this.addPrimitive(node, { spec: functionSpec(primitiveUrns.flatten) });
        return;
      case "combineStep":
        this.addPrimitive(node, { ...this.combineStep(node), environmentId: ENVIRONMENT });
        return;
      case "parDo":
        this.addPrimitive(node, { spec: this.parDo(node), environmentId: ENVIRONMENT });
    }
  }

  private add(name: string, transform: TransformInit): void {
    this.transforms[name] = { uniqueName: name, ...transform };
  }

  private addPrimitive(node: PrimitiveNode, transform: TransformInit): void {
    const inputs = Object.fromEntries(inputsOf(node).map((id, i) => [`in${i}`, id]));
    const beside = node.kind === "parDo" ? sideInputIdsOf(node) : {};
    const outputs = { ...outputsOf(node) };
    this.add(node.name, { inputs: { ...inputs, ...beside }, outputs, ...transform });
  }

  private composite(node: CompositeNode): TransformInit {
    const inputs = Object.fromEntries(node.inputs.map((id, i) => [`in${i}`, id]));
    const outputs = Object.fromEntries(node.outputs.map((id, i) => [`out${i}`, id]));
    // Only its name: a runner that knew the URN would replace the lifted steps below it, whose
    // coders are already those of accumulators.
    return { inputs, outputs, subtransforms: [...node.children] };
  }

  private parDo(node: ParDoNode) {
    const doFn = functionSpec(beamlineUrns.doFn, payloadOf(node.name));
    const sideInputs = sideInputSpecsOf(node, payloadOf(node.name));
    if (node.fn.kind !== "splittable") {
      const state = this.stateOf(node);
      return packSpec(primitiveUrns.parDo, ParDoPayloadSchema, { doFn, sideInputs, ...state });
    }
    this.requirements.add(requirementUrns.requiresSplittableDofn);
    const fn = node.fn.make();
    const restrictionCoderId = this.coders.idOf(restrictionStateCoder(fn));
    const requestsFinalization = fn.finalizesBundles === true;
    if (requestsFinalization) this.requirements.add(requirementUrns.requiresBundleFinalization);
    return packSpec(primitiveUrns.parDo, ParDoPayloadSchema, {
      doFn,
      sideInputs,
      restrictionCoderId,
      requestsFinalization,
    });
  }

  private stateOf({ name, input, fn }: ParDoNode) {
    if (fn.kind !== "doFn" || fn.signature === undefined) return {};
    const { duties } = this;
    for (const requirement of requirementsOf(fn.signature, duties)) {
      this.requirements.add(requirement);
    }
    const { coder, windowing } = this.nodeAt(input);
    return stateSpecsOf(fn.signature, {
      duties,
      coders: this.coders,
      keyCoder: coder.components[0] ?? js,
      windowCoder: windowCoderOf(windowing.windowFn),
      payload: payloadOf(name),
    });
  }

  private combineStep(node: CombineStepNode): TransformInit {
    const accumulator = this.coderOf(node.step === "extract" ? node.input : node.output)
      .components[1];
    return {
      spec: packSpec(COMBINE_URNS[node.step], CombinePayloadSchema, {
        combineFn: functionSpec(beamlineUrns.combineFn, payloadOf(node.name)),
        accumulatorCoderId: this.coders.idOf(accumulator ?? js),
      }),
    };
  }

  /** A reshuffle for runners that know its URN, and its expansion for those that don't. */
  private addReshuffle(node: ReshuffleNode): void {
    const flow = this.nodeAt(node.input);
    const element = flow.coder;
    // The groups are emitted as they come, and what accompanies an element comes along.
    const windowing: WindowingStrategy = { ...flow.windowing, ...RESHUFFLED };
    const regrouped = { windowing, isBounded: flow.isBounded };
    const stamped = kv(timestamp, element) as Coder<unknown>;
    const keyed = `${node.name}/Key.out`;
    const grouped = `${node.name}/Group.out`;
    this.addPCollection(keyed, kv(varint, stamped) as Coder<unknown>, regrouped);
    this.addPCollection(grouped, kv(varint, iterable(stamped)) as Coder<unknown>, regrouped);
    this.add(node.name, {
      spec: functionSpec(compositeUrns.reshuffle),
      inputs: { in0: node.input },
      outputs: { out: node.output },
      subtransforms: ["Key", "Group", "Ungroup"].map((child) => `${node.name}/${child}`),
    });
    this.addPart(node.name, "Key", "addKey", node.input, keyed);
    this.add(`${node.name}/Group`, {
      spec: functionSpec(primitiveUrns.groupByKey),
      inputs: { in0: keyed },
      outputs: { out: grouped },
    });
    this.addPart(node.name, "Ungroup", "removeKey", grouped, node.output);
  }

  /** Encoded elements come from the runner, and elements from a step that decodes them. */
  private addTestStream({ name, output, events }: TestStreamNode): void {
    const flow = this.nodeAt(output);
    const encoded = `${name}/Events.out`;
    this.addPCollection(encoded, playedCoder, flow);
    this.add(name, {
      outputs: { out: output },
      subtransforms: ["Events", "Decode"].map((child) => `${name}/${child}`),
    });
    this.add(`${name}/Events`, {
      spec: testStreamSpec(events, flow.coder, this.coders.idOf(playedCoder)),
      outputs: { out: encoded },
    });
    this.addPart(name, "Decode", "decode", encoded, output);
  }

  /** A step of ours in the expansion of a transform. */
  private addPart(
    of: string,
    child: string,
    part: TransformPart,
    input: string,
    output: string,
  ): void {
    const doFn = functionSpec(beamlineUrns.doFn, payloadOf(of, part));
    this.add(`${of}/${child}`, {
      spec: packSpec(primitiveUrns.parDo, ParDoPayloadSchema, { doFn }),
      inputs: { in0: input },
      outputs: { out: output },
      environmentId: ENVIRONMENT,
    });
  }

  private coderOf(id: PCollectionId): Coder<unknown> {
    return this.nodeAt(id).coder;
  }

  private nodeAt(id: PCollectionId): PCollectionNode {
    const node = this.graph.pcollections.get(id);
    if (node === undefined) throw internalError(`No PCollection "${id}" in the graph`);
    return node;
  }
}

/** How a reshuffle groups: at once, window by window, and for windows as they are. */
const RESHUFFLED = {
  trigger: { kind: "always" },
  accumulation: "discarding",
  timestampCombiner: "earliest",
  onTime: "fire-if-nonempty",
  closing: "emit-if-nonempty",
  alreadyMerged: true,
} as const satisfies Partial<WindowingStrategy>;

const COMBINE_URNS = {
  precombine: combineComponentUrns.combinePerKeyPrecombine,
  merge: combineComponentUrns.combinePerKeyMergeAccumulators,
  extract: combineComponentUrns.combinePerKeyExtractOutputs,
} as const;

function payloadOf(transform: string, part?: TransformPart): Uint8Array {
  return encodeFunctionPayload(part === undefined ? { transform } : { transform, part });
}
