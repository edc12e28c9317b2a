import { isStateful } from "../fn/do-fn-signature.js";
import { MAIN_OUTPUT, type PCollectionId } from "../graph/nodes.js";
import { internalError } from "../model/errors.js";
import { specialise } from "../model/specialise.js";
import { AsyncMapOperator } from "./async-map-operator.js";
import type { BundleScope, Congestible } from "./bundle-scope.js";
import { extractOperator, mergeOperator, precombineOperator } from "./combine-operators.js";
import { DoFnOperator } from "./do-fn-operator.js";
import { nameFrame } from "./frame-name.js";
import { flattenOperator, functionOperator } from "./function-operators.js";
import type { OpenSink, Operator, OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import { recodingEdge } from "./recoding-edge.js";
import { gated } from "./side-inputs/gate.js";
import type { SideInputPort } from "./side-inputs/port.js";
import { openSideInputs, type SideInputs } from "./side-inputs/side-inputs.js";
import { SplittableOperator } from "./splittable-operators.js";
import type { Stage, Step } from "./stage.js";
import type { StageHooks } from "./stage-hooks.js";
import { StatefulOperator } from "./state/stateful-operator.js";
import { StepMetrics } from "./step-metrics.js";
import type { TextPorts } from "./text/text-ports.js";
import { restampOperator, windowIntoOperator } from "./window-operators.js";

export interface CompileOptions extends StageHooks {
  readonly openSink: OpenSink;
  /** Encode and decode at every edge between steps, as a remote runner might. Default: false. */
  readonly strictEncoding?: boolean;
  /** Bundles that can run at the same time: a hint for splits. Default: 1. */
  readonly parallelism?: number;
  /** Where steps find their side inputs. Default: a stage whose steps have none. */
  readonly sideInputs?: SideInputPort;
  /** How long a bundle that has failed waits for asynchronous calls under way. Default: 5000. */
  readonly graceMs?: number;
}

export interface CompiledStage {
  /** Take the elements of the stage's inputs. */
  readonly entries: ReadonlyMap<PCollectionId, Receive>;
  /** In topological order. */
  readonly operators: readonly Operator[];
  readonly metrics: readonly StepMetrics[];
  /** Every operator that may hold elements back. */
  readonly congestibles: readonly Congestible[];
  /** Of the steps that have any. */
  readonly sideInputs: readonly SideInputs[];
}

/** Where elements of a PCollection go inside the stage, and who below may hold them back. */
interface Edge extends TextPorts {
  readonly receive: Receive;
  readonly downstream: readonly Congestible[];
}

/** Where elements go that nobody takes. */
const NOWHERE: Edge = { receive: () => {}, downstream: [] };

/** Turns a stage into a chain of direct calls, from its sinks up to its inputs. */
export function compileStage(
  stage: Stage,
  scope: BundleScope,
  options: CompileOptions,
): CompiledStage {
  const edges = new Map<PCollectionId, Edge[]>();
  const attach = (pcollection: PCollectionId, edge: Edge) => {
    const present = edges.get(pcollection);
    if (present === undefined) edges.set(pcollection, [edge]);
    else present.push(edge);
  };
  const edgeOf = (pcollection: PCollectionId): Edge => {
    const consumers = edges.get(pcollection) ?? [];
    if (options.strictEncoding !== true) return joinEdges(consumers);
    // A copy for each consumer; without any, elements must still encode.
    const recoded = (consumers.length === 0 ? [NOWHERE] : consumers).map((edge) => ({
      receive: recodingEdge(stage, pcollection, edge.receive),
      downstream: edge.downstream,
    }));
    return joinEdges(recoded);
  };

  for (const sink of stage.sinks) {
    const { receive, congestion, text, keyText } = options.openSink(sink, scope);
    const downstream = congestion === undefined ? [] : [congestion];
    attach(sink.pcollection, { receive, text, keyText, downstream });
  }
  const operators: Operator[] = [];
  const metrics: StepMetrics[] = [];
  const sideInputs: SideInputs[] = [];
  for (const step of [...stage.steps].reverse()) {
    const outputs = new Map<string, Receive>();
    let mainPorts: TextPorts = {};
    const downstream = new Set<Congestible>();
    for (const [tag, pcollection] of Object.entries(step.outputs)) {
      const edge = edgeOf(pcollection);
      outputs.set(tag, edge.receive);
      if (tag === MAIN_OUTPUT) mainPorts = edge;
      for (const congestible of edge.downstream) downstream.add(congestible);
    }
    const main = outputs.get(MAIN_OUTPUT);
    if (main === undefined) throw internalError(`Step "${step.name}" has no main output`);
    const stepMetrics = new StepMetrics(step.name, takesRestrictions(step));
    const beside = openSideInputs(step, options.sideInputs);
    if (beside !== undefined) sideInputs.push(beside);
    const made = makeOperator({
      step,
      outputs,
      main,
      mainPorts,
      metrics: stepMetrics,
      scope,
      downstream: [...downstream],
      parallelism: options.parallelism ?? 1,
      inputCoder: step.inputCoder ?? stage.coders.get(step.input),
      outputCoder: stage.coders.get(step.outputs[MAIN_OUTPUT] ?? ""),
      options,
      sideInputs: beside,
    });
    for (const receive of [made.receive, made.text, made.keyText]) nameFrame(receive, step.name);
    const operator = beside?.needsPreparing === true ? gated(made, beside, scope) : made;
    const own = operator.congestion === undefined ? [] : [operator.congestion];
    const { receive, text, keyText } = operator;
    attach(step.input, { receive, text, keyText, downstream: [...own, ...downstream] });
    operators.unshift(operator);
    metrics.unshift(stepMetrics);
  }
  const entries = new Map<PCollectionId, Receive>();
  const congestibles = new Set<Congestible>();
  for (const input of stage.inputs) {
    const edge = edgeOf(input);
    entries.set(input, edge.receive);
    for (const congestible of edge.downstream) congestibles.add(congestible);
  }
  return { entries, operators, metrics, congestibles: [...congestibles], sideInputs };
}

function takesRestrictions({ operation }: Step): boolean {
  return operation.kind === "splittable" && operation.step !== "pairWithRestriction";
}

function makeOperator(context: OperatorContext): Operator {
  const { operation } = context.step;
  switch (operation.kind) {
    case "flatten":
      return flattenOperator(context);
    case "windowInto":
      return windowIntoOperator(context, operation.windowing);
    case "restamp":
      return restampOperator(context);
    case "combineStep":
      switch (operation.step) {
        case "precombine":
          return precombineOperator(context, operation.combine, operation.keyCoder);
        case "merge":
          return mergeOperator(context, operation.combine);
        case "extract":
          return extractOperator(context, operation.combine);
      }
      break;
    case "splittable":
      return new SplittableOperator(context, operation.step, operation.make);
    case "parDo":
      return parDoOperator(context, operation);
  }
}

function parDoOperator(
  context: OperatorContext,
  { fn }: Extract<Step["operation"], { kind: "parDo" }>,
): Operator {
  switch (fn.kind) {
    case "map":
    case "flatMap":
    case "filter":
    case "partition":
      return functionOperator(context, fn);
    case "mapAsync":
      return new AsyncMapOperator(context, fn);
    case "doFn":
      return isStateful(fn.signature)
        ? new StatefulOperator(context, fn, fn.signature)
        : new DoFnOperator(context, fn.make);
  }
}

function joinEdges(edges: readonly Edge[]): Edge {
  const [first, second, third] = edges;
  if (first === undefined) return NOWHERE;
  if (second === undefined) return first;
  const downstream = [...new Set(edges.flatMap((edge) => edge.downstream))];
  if (third === undefined) {
    const bindings = { a: first.receive, b: second.receive };
    const source = "(value, meta) => { a(value, meta); b(value, meta); }";
    return { receive: specialise(bindings, source), downstream };
  }
  const receivers = edges.map((edge) => edge.receive);
  return {
    receive(value, meta) {
      for (const receive of receivers) receive(value, meta);
    },
    downstream,
  };
}
