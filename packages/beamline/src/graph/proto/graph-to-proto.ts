import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Coder } from "../../coders/coder.js";
import { globalWindow } from "../../coders/global-window.js";
import { iterable } from "../../coders/iterable.js";
import { js } from "../../coders/js.js";
import { kv } from "../../coders/kv.js";
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
import {
  AccumulationMode_Enum,
  ClosingBehavior_Enum,
  MergeStatus_Enum,
  OnTimeBehavior_Enum,
  OutputTime_Enum,
} from "../../proto/gen/pipeline/windowing_pb.js";
import {
  beamlineUrns,
  combineComponentUrns,
  compositeUrns,
  primitiveUrns,
  requirementUrns,
  windowFnUrns,
} from "../../proto/urns.js";
import {
  type CombineStepNode,
  type CompositeNode,
  type Graph,
  inputsOf,
  outputsOf,
  type ParDoNode,
  type PCollectionId,
  type PrimitiveNode,
  type ReshuffleNode,
} from "../nodes.js";
import { restrictionStateCoder } from "../splittable-coders.js";
import { CoderTable } from "./coder-table.js";
import { encodeFunctionPayload, type ReshufflePart } from "./function-payload.js";
import { sideInputIdsOf, sideInputSpecsOf } from "./side-inputs-to-proto.js";

type TransformInit = MessageInitShape<typeof PTransformSchema>;

const ENVIRONMENT = "beamline";
const WINDOWING = "global";

/**
 * The graph as Beam's Pipeline proto: what any runner takes. Ids of transforms and PCollections
 * are their names in the graph. User code stays behind, named by {@link encodeFunctionPayload}.
 *
 * @param environment - Where the runner finds workers that can run the code.
 */
export function graphToProto(graph: Graph, environment: Environment): Pipeline {
  return new Translation(graph).pipeline(environment);
}

class Translation {
  private readonly graph: Graph;
  private readonly coders = new CoderTable();
  private readonly transforms: Record<string, TransformInit> = {};
  private readonly pcollections: Record<string, MessageInitShape<typeof PCollectionSchema>> = {};
  private readonly requirements = new Set<string>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  pipeline(environment: Environment): Pipeline {
    for (const { id, coder } of this.graph.pcollections.values()) this.addPCollection(id, coder);
    for (const node of this.graph.transforms.values()) this.addTransform(node);
    return create(PipelineSchema, {
      components: {
        transforms: this.transforms,
        pcollections: this.pcollections,
        windowingStrategies: { [WINDOWING]: this.globalWindows() },
        coders: this.coders.toProto(),
        environments: { [ENVIRONMENT]: environment },
      },
      rootTransformIds: [...this.graph.roots],
      requirements: [...this.requirements],
    });
  }

  private globalWindows() {
    return {
      windowFn: functionSpec(windowFnUrns.globalWindows),
      mergeStatus: MergeStatus_Enum.NON_MERGING,
      windowCoderId: this.coders.idOf(globalWindow as Coder<unknown>),
      trigger: { trigger: { case: "default" as const, value: {} } },
      accumulationMode: AccumulationMode_Enum.DISCARDING,
      outputTime: OutputTime_Enum.END_OF_WINDOW,
      closingBehavior: ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
      onTimeBehavior: OnTimeBehavior_Enum.FIRE_ALWAYS,
      assignsToOneWindow: true,
      environmentId: ENVIRONMENT,
    };
  }

  private addPCollection(id: PCollectionId, coder: Coder<unknown>): void {
    this.pcollections[id] = {
      uniqueName: id,
      coderId: this.coders.idOf(coder),
      isBounded: IsBounded_Enum.BOUNDED,
      windowingStrategyId: WINDOWING,
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
    if (node.fn.kind !== "splittable")
      return packSpec(primitiveUrns.parDo, ParDoPayloadSchema, { doFn, sideInputs });
    this.requirements.add(requirementUrns.requiresSplittableDofn);
    const restrictionCoderId = this.coders.idOf(restrictionStateCoder(node.fn.make()));
    return packSpec(primitiveUrns.parDo, ParDoPayloadSchema, {
      doFn,
      sideInputs,
      restrictionCoderId,
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
    const element = this.coderOf(node.input);
    const keyed = `${node.name}/Key.out`;
    const grouped = `${node.name}/Group.out`;
    this.addPCollection(keyed, kv(varint, element) as Coder<unknown>);
    this.addPCollection(grouped, kv(varint, iterable(element)) as Coder<unknown>);
    const part = (name: string, input: string, output: string, role: ReshufflePart) => {
      const doFn = functionSpec(beamlineUrns.doFn, payloadOf(node.name, role));
      this.add(name, {
        spec: packSpec(primitiveUrns.parDo, ParDoPayloadSchema, { doFn }),
        inputs: { in0: input },
        outputs: { out: output },
        environmentId: ENVIRONMENT,
      });
    };
    this.add(node.name, {
      spec: functionSpec(compositeUrns.reshuffle),
      inputs: { in0: node.input },
      outputs: { out: node.output },
      subtransforms: ["Key", "Group", "Ungroup"].map((child) => `${node.name}/${child}`),
    });
    part(`${node.name}/Key`, node.input, keyed, "addKey");
    this.add(`${node.name}/Group`, {
      spec: functionSpec(primitiveUrns.groupByKey),
      inputs: { in0: keyed },
      outputs: { out: grouped },
    });
    part(`${node.name}/Ungroup`, grouped, node.output, "removeKey");
  }

  private coderOf(id: PCollectionId): Coder<unknown> {
    const node = this.graph.pcollections.get(id);
    if (node === undefined) throw internalError(`No PCollection "${id}" in the graph`);
    return node.coder;
  }
}

const COMBINE_URNS = {
  precombine: combineComponentUrns.combinePerKeyPrecombine,
  merge: combineComponentUrns.combinePerKeyMergeAccumulators,
  extract: combineComponentUrns.combinePerKeyExtractOutputs,
} as const;

function payloadOf(transform: string, part?: ReshufflePart): Uint8Array {
  return encodeFunctionPayload(part === undefined ? { transform } : { transform, part });
}
