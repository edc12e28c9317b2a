import type { Coder } from "../../coders/coder.js";
import { double } from "../../coders/double.js";
import { js } from "../../coders/js.js";
import { kv } from "../../coders/kv.js";
import { nullable } from "../../coders/nullable.js";
import type { Stage, StageSink, Step } from "../../exec/stage.js";
import type { AnySplittableDoFn } from "../../fn/user-fn.js";
import {
  type Graph,
  inputsOf,
  outputsOf,
  type PCollectionId,
  type PrimitiveNode,
  primitivesOf,
} from "../../graph/nodes.js";
import { internalError } from "../../model/errors.js";

/** How data waits between stages, and so how the next stage takes it. */
export type DatasetKind =
  /** Encoded key-value records, partitioned by key: read as groups. */
  | "groups"
  /** Elements, dealt out evenly. */
  | "elements"
  /** Sized restrictions of a source, each a bundle. */
  | "restrictions"
  /** Elements kept for the caller of the run. */
  | "results";

/** Data between stages: written by sinks of this id, read by at most one stage. */
export interface Dataset {
  readonly id: string;
  readonly kind: DatasetKind;
  readonly coder: Coder<unknown>;
}

export interface PlannedStage extends Stage {
  /** The dataset that the stage reads; undefined for one that starts from an impulse. */
  readonly dataset: Dataset | undefined;
}

/** A graph cut into stages. Every thread makes the same plan from the same graph. */
export interface Plan {
  readonly stages: readonly PlannedStage[];
  readonly datasets: ReadonlyMap<string, Dataset>;
}

/** Where a stage begins. */
interface Root {
  readonly name: string;
  readonly pcollection: PCollectionId;
  readonly dataset: Dataset | undefined;
  /** The step that follows by itself, without being a node of the graph. */
  readonly firstStep?: Step;
}

/**
 * Fuses the graph: a stage is what can be reached from an impulse, a shuffle's output or a source's
 * restrictions without passing another of them. What lies below a flatten belongs to the stage of
 * each of its inputs, so that no stage waits for a flatten.
 *
 * @param results - PCollections whose elements the caller wants back.
 */
export function planGraph(graph: Graph, results: readonly PCollectionId[] = []): Plan {
  const primitives = primitivesOf(graph);
  const planner = new Planner(graph, primitives, new Set(results));
  const stages = primitives.flatMap((node) => {
    const root = planner.rootOf(node);
    return root === undefined ? [] : [planner.stageOf(root)];
  });
  return { stages, datasets: planner.datasets };
}

class Planner {
  readonly datasets = new Map<string, Dataset>();
  private readonly graph: Graph;
  private readonly primitives: readonly PrimitiveNode[];
  private readonly results: ReadonlySet<PCollectionId>;
  /** Coders of PCollections that only the plan knows. */
  private readonly ownCoders = new Map<PCollectionId, Coder<unknown>>();

  constructor(
    graph: Graph,
    primitives: readonly PrimitiveNode[],
    results: ReadonlySet<PCollectionId>,
  ) {
    this.graph = graph;
    this.primitives = primitives;
    this.results = results;
    for (const id of results) this.addDataset(resultsOf(id), "results", this.coderOf(id));
  }

  rootOf(node: PrimitiveNode): Root | undefined {
    switch (node.kind) {
      case "impulse":
        return { name: node.name, pcollection: node.output, dataset: undefined };
      case "groupByKey":
        return this.barrier(node.name, node.output, "groups", this.coderOf(node.input));
      case "reshuffle":
        return this.barrier(node.name, node.output, "elements", this.coderOf(node.input));
      case "parDo": {
        if (node.fn.kind !== "splittable") return undefined;
        const { make } = node.fn;
        const coder = sizedCoder(this.coderOf(node.input), make);
        const pcollection = sizedOf(node.name);
        this.ownCoders.set(pcollection, coder);
        const firstStep: Step = {
          name: node.name,
          operation: { kind: "splittable", step: "processSized", make },
          input: pcollection,
          outputs: node.outputs,
        };
        return { ...this.barrier(node.name, pcollection, "restrictions", coder), firstStep };
      }
      case "flatten":
      case "combineStep":
      case "windowInto":
        return undefined;
      case "testStream":
        throw internalError("Test streams are not there yet");
    }
  }

  stageOf(root: Root): PlannedStage {
    const steps: Step[] = [];
    const sinks: StageSink[] = [];
    const coders = new Map<PCollectionId, Coder<unknown>>();
    const reached = new Set<PCollectionId>();
    const reach = (id: PCollectionId) => {
      if (reached.has(id)) return;
      reached.add(id);
      coders.set(id, this.ownCoders.get(id) ?? this.coderOf(id));
      if (this.results.has(id)) sinks.push({ id: resultsOf(id), pcollection: id });
    };
    const add = (step: Step) => {
      steps.push(step);
      for (const output of Object.values(step.outputs)) reach(output);
    };
    reach(root.pcollection);
    if (root.firstStep !== undefined) add(root.firstStep);
    for (const node of this.primitives) {
      for (const input of inputsOf(node)) {
        if (reached.has(input)) this.consume(node, input, add, sinks);
      }
    }
    return {
      id: root.name,
      inputs: [root.pcollection],
      steps,
      sinks,
      coders,
      dataset: root.dataset,
    };
  }

  /** Adds what `node` does to a PCollection of the stage: a step, or a sink that ends the stage. */
  private consume(
    node: PrimitiveNode,
    input: PCollectionId,
    add: (step: Step) => void,
    sinks: StageSink[],
  ): void {
    switch (node.kind) {
      case "impulse":
      case "testStream":
        return;
      case "windowInto": {
        const operation = { kind: "windowInto" as const, windowing: node.windowing };
        add({ name: node.name, operation, input, outputs: outputsOf(node) });
        return;
      }
      case "groupByKey":
      case "reshuffle":
        sinks.push({ id: node.name, pcollection: input });
        return;
      case "flatten":
        add({ name: node.name, operation: { kind: "flatten" }, input, outputs: outputsOf(node) });
        return;
      case "combineStep": {
        const { step, combine } = node;
        const keyCoder = this.coderOf(node.output).components[0] ?? js;
        const operation = { kind: "combineStep" as const, step, combine, keyCoder };
        add({ name: node.name, operation, input, outputs: outputsOf(node) });
        return;
      }
      case "parDo":
        if (node.fn.kind === "splittable") this.split(node.name, node.fn.make, input, add, sinks);
        else {
          const operation = { kind: "parDo" as const, fn: node.fn };
          add({ name: node.name, operation, input, outputs: node.outputs });
        }
    }
  }

  private split(
    name: string,
    make: () => AnySplittableDoFn,
    input: PCollectionId,
    add: (step: Step) => void,
    sinks: StageSink[],
  ): void {
    const paired = `${name}.paired`;
    const sized = sizedOf(name);
    const coder = sizedCoder(this.coderOf(input), make);
    this.ownCoders.set(sized, coder);
    this.ownCoders.set(paired, coder.components[0] ?? js);
    const operation = { kind: "splittable" as const, make };
    add({
      name,
      operation: { ...operation, step: "pairWithRestriction" },
      input,
      outputs: { out: paired },
    });
    add({
      name,
      operation: { ...operation, step: "splitAndSize" },
      input: paired,
      outputs: { out: sized },
    });
    sinks.push({ id: name, pcollection: sized });
  }

  private barrier(
    name: string,
    pcollection: PCollectionId,
    kind: DatasetKind,
    coder: Coder<unknown>,
  ): Root {
    return { name, pcollection, dataset: this.addDataset(name, kind, coder) };
  }

  private addDataset(id: string, kind: DatasetKind, coder: Coder<unknown>): Dataset {
    const dataset: Dataset = { id, kind, coder };
    this.datasets.set(id, dataset);
    return dataset;
  }

  private coderOf(id: PCollectionId): Coder<unknown> {
    const own = this.ownCoders.get(id);
    if (own !== undefined) return own;
    const node = this.graph.pcollections.get(id);
    if (node === undefined) throw internalError(`No PCollection "${id}" in the graph`);
    return node.coder;
  }
}

/** The dataset that keeps a PCollection for the caller. */
export function resultsOf(id: PCollectionId): string {
  return `${id} (results)`;
}

function sizedOf(name: string): PCollectionId {
  return `${name}.sized`;
}

/** `KV<KV<element, KV<restriction, watermark state>>, size>`, Beam's wire form of sized restrictions. */
function sizedCoder(element: Coder<unknown>, make: () => AnySplittableDoFn): Coder<unknown> {
  const restriction = make().restrictionCoder;
  const noState = nullable(js);
  return kv(kv(element, kv(restriction, noState)), double) as Coder<unknown>;
}
