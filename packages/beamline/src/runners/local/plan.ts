import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { stepSideInputsOf } from "../../exec/side-inputs/step-side-inputs.js";
import type { Stage, StageSink, Step } from "../../exec/stage.js";
import type { AnySplittableDoFn } from "../../fn/user-fn.js";
import {
  type Graph,
  inputsOf,
  outputsOf,
  type ParDoNode,
  type PCollectionId,
  type PCollectionNode,
  type PrimitiveNode,
  primitivesOf,
  sideInputsOf,
  type TestStreamEvent,
} from "../../graph/nodes.js";
import { accessPatternOf, type SideInput } from "../../graph/side-input.js";
import { sizedRestrictionCoder } from "../../graph/splittable-coders.js";
import { internalError } from "../../model/errors.js";
import type { WindowingStrategy } from "../../windowing/windowing-strategy.js";
import { type Grouping, groupingOf } from "./grouping.js";
import { breaksOf, isStateful } from "./plan-breaks.js";

/** How data waits between stages, and so how the next stage takes it. */
export type DatasetKind =
  /** Encoded key-value records, partitioned by key: read as groups. */
  | "groups"
  /** The same for a DoFn with state or timers: read as pairs, key by key. */
  | "keyed"
  /** Elements, dealt out evenly. */
  | "elements"
  /** Sized restrictions of a source, each a bundle. */
  | "restrictions"
  /** Elements kept for the caller of the run. */
  | "results"
  /** Elements that other stages read from the side, in one piece. */
  | "sideList"
  /** The same of pairs, found by their keys. */
  | "sideMap";

/** Data between stages: written by sinks of this id, read by at most one stage. */
export interface Dataset {
  readonly id: string;
  readonly kind: DatasetKind;
  readonly coder: Coder<unknown>;
  readonly windowing: WindowingStrategy;
  /** Whether it ends. */
  readonly isBounded: boolean;
  /** How the groups of a shuffle come about; undefined for other kinds. */
  readonly grouping?: Grouping;
  /** Of a side input that is read by key: whether a key may have several values. */
  readonly isMultimap?: boolean;
}

/** A stream that a test drives, as the start of a stage. */
export interface PlannedTestStream {
  readonly events: readonly TestStreamEvent[];
  readonly coder: Coder<unknown>;
}

export interface PlannedStage extends Stage {
  /** Whether its input ends, so that it waits for all of it. */
  readonly isBounded: boolean;
  /** Of a stage that begins with a test stream. */
  readonly testStream: PlannedTestStream | undefined;
  /** The dataset that the stage reads; undefined for one that starts from an impulse. */
  readonly dataset: Dataset | undefined;
  /** Ids of the datasets that its steps read from the side: complete before the stage begins. */
  readonly sideInputs: readonly string[];
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
  readonly isBounded: boolean;
  readonly testStream?: PlannedTestStream;
}

export interface PlanOptions {
  /** PCollections whose elements the caller wants back. Default: none. */
  readonly results?: readonly PCollectionId[];
  /** Whether ParDos run together where they can. Default: true. */
  readonly fusion?: boolean;
}

/**
 * Fuses the graph: a stage is what can be reached from an impulse, a shuffle's output or a source's
 * restrictions without passing another of them. What lies below a flatten belongs to the stage of
 * each of its inputs, so that no stage waits for a flatten.
 */
export function planGraph(graph: Graph, options: PlanOptions = {}): Plan {
  const primitives = primitivesOf(graph);
  const planner = new Planner(graph, primitives, options);
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
  /** Datasets that keep a PCollection as a side input. */
  private readonly sides = new Map<PCollectionId, Set<string>>();
  /** ParDos that begin a stage of their own. */
  private readonly breaks: ReadonlySet<string>;

  constructor(
    graph: Graph,
    primitives: readonly PrimitiveNode[],
    { results = [], fusion = true }: PlanOptions,
  ) {
    this.graph = graph;
    this.primitives = primitives;
    this.results = new Set(results);
    for (const id of results) this.addDataset(resultsOf(id), "results", id);
    this.breaks = breaksOf(primitives, {
      fusion,
      isBounded: (id) => this.pcollection(id).isBounded,
    });
    for (const node of primitives) {
      if (node.kind !== "parDo") continue;
      for (const sideInput of Object.values(node.sideInputs)) this.addSide(sideInput);
    }
  }

  rootOf(node: PrimitiveNode): Root | undefined {
    switch (node.kind) {
      case "impulse":
        return { name: node.name, pcollection: node.output, dataset: undefined, isBounded: true };
      case "testStream": {
        const { name, output, events } = node;
        const testStream = { events, coder: this.coderOf(output) };
        return { name, pcollection: output, dataset: undefined, isBounded: false, testStream };
      }
      case "groupByKey":
        return this.barrier(node.name, node.output, "groups", node.input);
      case "reshuffle":
        return this.barrier(node.name, node.output, "elements", node.input);
      case "parDo": {
        if (node.fn.kind !== "splittable") return this.breakAt(node);
        const { make } = node.fn;
        const coder = sizedRestrictionCoder(this.coderOf(node.input), make());
        const pcollection = sizedOf(node.name);
        this.ownCoders.set(pcollection, coder);
        const firstStep: Step = {
          name: node.name,
          operation: { kind: "splittable", step: "processSized", make },
          input: pcollection,
          outputs: node.outputs,
          windowing: this.pcollection(node.input).windowing,
          ...stepSideInputsOf(node, this.graph),
        };
        const root = this.barrier(node.name, pcollection, "restrictions", node.input, coder);
        const isBounded = root.isBounded && node.fn.isBounded !== false;
        return { ...root, isBounded, firstStep };
      }
      case "flatten":
      case "combineStep":
      case "windowInto":
        return undefined;
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
      for (const side of this.sides.get(id) ?? []) sinks.push({ id: side, pcollection: id });
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
      isBounded: root.isBounded,
      testStream: root.testStream,
      dataset: root.dataset,
      sideInputs: [...new Set(steps.flatMap(sideDatasetsOf))],
    };
  }

  /** Where a ParDo's own stage begins, if its keys or its side inputs ask for one. */
  private breakAt(node: ParDoNode): Root | undefined {
    if (!this.breaks.has(node.name) || node.fn.kind === "splittable") return undefined;
    const kind = isStateful(node.fn) ? "keyed" : "elements";
    const coder = this.coderOf(node.input);
    const pcollection = `${node.name}.main`;
    this.ownCoders.set(pcollection, coder);
    const firstStep: Step = {
      name: node.name,
      operation: { kind: "parDo", fn: node.fn },
      input: pcollection,
      outputs: node.outputs,
      windowing: this.pcollection(node.input).windowing,
      ...stepSideInputsOf(node, this.graph),
    };
    const root = this.barrier(node.name, pcollection, kind, node.input, coder);
    // What waits for a stream's windows has to take its elements as they come.
    const isBounded =
      root.isBounded && sideInputsOf(node).every((id) => this.pcollection(id).isBounded);
    return { ...root, isBounded, firstStep };
  }

  private addSide(sideInput: SideInput): void {
    const { pcollection } = sideInput;
    const id = sideDatasetOf(sideInput);
    const { coder, windowing, isBounded } = this.pcollection(pcollection);
    const kind = accessPatternOf(sideInput.view) === "multimap" ? "sideMap" : "sideList";
    const isMultimap =
      sideInput.view.kind === "multimap" || this.datasets.get(id)?.isMultimap === true;
    this.datasets.set(id, { id, kind, coder, windowing, isBounded, isMultimap });
    const present = this.sides.get(pcollection);
    if (present === undefined) this.sides.set(pcollection, new Set([id]));
    else present.add(id);
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
        const { windowing } = this.pcollection(input);
        add({ name: node.name, operation, input, windowing, outputs: outputsOf(node) });
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
        const { windowing } = this.pcollection(input);
        add({ name: node.name, operation, input, windowing, outputs: outputsOf(node) });
        return;
      }
      case "parDo":
        if (node.fn.kind === "splittable") this.split(node.name, node.fn.make, input, add, sinks);
        else if (this.breaks.has(node.name)) sinks.push({ id: node.name, pcollection: input });
        else {
          const operation = { kind: "parDo" as const, fn: node.fn };
          const beside = stepSideInputsOf(node, this.graph);
          const { windowing } = this.pcollection(input);
          add({ name: node.name, operation, input, windowing, outputs: node.outputs, ...beside });
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
    const coder = sizedRestrictionCoder(this.coderOf(input), make());
    this.ownCoders.set(sized, coder);
    this.ownCoders.set(paired, coder.components[0] ?? js);
    const operation = { kind: "splittable" as const, make };
    const { windowing } = this.pcollection(input);
    add({
      name,
      operation: { ...operation, step: "pairWithRestriction" },
      windowing,
      input,
      outputs: { out: paired },
    });
    add({
      name,
      operation: { ...operation, step: "splitAndSize" },
      windowing,
      input: paired,
      outputs: { out: sized },
    });
    sinks.push({ id: name, pcollection: sized });
  }

  /**
   * @param input - The PCollection of the graph that the stage's data comes from.
   * @param coder - How the data is encoded. Default: as `input` is.
   */
  private barrier(
    name: string,
    pcollection: PCollectionId,
    kind: DatasetKind,
    input: PCollectionId,
    coder = this.coderOf(input),
  ): Root {
    const { isBounded } = this.pcollection(input);
    return { name, pcollection, isBounded, dataset: this.addDataset(name, kind, input, coder) };
  }

  private addDataset(
    id: string,
    kind: DatasetKind,
    input: PCollectionId,
    coder = this.coderOf(input),
  ): Dataset {
    const { windowing, isBounded } = this.pcollection(input);
    const grouping = kind === "groups" ? groupingOf(windowing, isBounded) : undefined;
    const base = { id, kind, coder, windowing, isBounded };
    const dataset: Dataset = grouping === undefined ? base : { ...base, grouping };
    this.datasets.set(id, dataset);
    return dataset;
  }

  private coderOf(id: PCollectionId): Coder<unknown> {
    return this.ownCoders.get(id) ?? this.pcollection(id).coder;
  }

  private pcollection(id: PCollectionId): PCollectionNode {
    const node = this.graph.pcollections.get(id);
    if (node === undefined) throw internalError(`No PCollection "${id}" in the graph`);
    return node;
  }
}

/** The dataset that keeps a PCollection for the caller. */
export function resultsOf(id: PCollectionId): string {
  return `${id} (results)`;
}

/** The dataset that keeps a PCollection as a side input; views of one kind share it. */
export function sideDatasetOf({ pcollection, view }: SideInput): string {
  return `${pcollection} (${accessPatternOf(view)} side input)`;
}

function sideDatasetsOf({ sideInputs = {} }: Step): string[] {
  return Object.values(sideInputs).map(sideDatasetOf);
}

function sizedOf(name: string): PCollectionId {
  return `${name}.sized`;
}
