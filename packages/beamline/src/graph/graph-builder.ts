import { bytes } from "../coders/bytes.js";
import type { Coder } from "../coders/coder.js";
import { deterministicCoder } from "../coders/deterministic.js";
import { iterable } from "../coders/iterable.js";
import { js } from "../coders/js.js";
import { kv } from "../coders/kv.js";
import { BeamlineError, internalError } from "../model/errors.js";
import { type Flow, flowOf } from "./flow.js";
import {
  type CompositeNode,
  type Graph,
  MAIN_OUTPUT,
  type ParDoNode,
  type PCollectionId,
  type PCollectionNode,
  type PrimitiveNode,
  type TransformNode,
} from "./nodes.js";
import type { PrimitiveDraft } from "./primitive-draft.js";
import type { RunHooks } from "./run-hooks.js";
import { accessPatternOf } from "./side-input.js";
import { isStatefulFn, requireFixedWindows } from "./stateful.js";

export type { PrimitiveDraft } from "./primitive-draft.js";

/** Output tags: part of ids and of runners' own names. */
const TAG = /^[A-Za-z0-9][\w-]*$/;

export interface CompositeOptions {
  readonly urn?: string;
  readonly parameters?: unknown;
  readonly hooks?: RunHooks;
}

interface Scope {
  readonly name: string;
  readonly children: string[];
  readonly names: Set<string>;
}

/** Collects nodes while `build` runs, then freezes them into a {@link Graph}. */
export class GraphBuilder {
  private readonly pipelineName: string;
  private readonly transforms = new Map<string, TransformNode>();
  private readonly pcollections = new Map<PCollectionId, Omit<PCollectionNode, "coder">>();
  private readonly coders = new Map<PCollectionId, Coder<unknown>>();
  private readonly root: Scope = { name: "", children: [], names: new Set() };
  private scope: Scope = this.root;

  constructor(pipelineName: string) {
    this.pipelineName = pipelineName;
  }

  /** Adds a primitive in the current scope; returns the ids of its outputs by tag. */
  addPrimitive(
    draft: PrimitiveDraft,
    label: Label,
    parameters?: unknown,
  ): Readonly<Record<string, PCollectionId>> {
    const name = this.claimName(label);
    const tags = [MAIN_OUTPUT, ...(draft.kind === "parDo" ? (draft.tags ?? []) : [])];
    const outputs: Record<string, PCollectionId> = {};
    const flow = flowOf(name, draft, (id) => this.flowAt(id));
    if (draft.kind === "parDo")
      requireFixedWindows(name, draft.fn, this.flowAt(draft.input).windowing);
    for (const tag of tags) {
      if (!TAG.test(tag)) {
        throw new BeamlineError(
          "BAD_TAG",
          `Cannot add "${name}": its output tag ${JSON.stringify(tag)} is not a name; use letters, digits, "_" and "-", and a letter or digit first`,
        );
      }
      const id = `${name}.${tag}`;
      if (outputs[tag] !== undefined) {
        throw new BeamlineError(
          "DUPLICATE_TAG",
          `Cannot add "${name}": the output tag "${tag}" is declared twice; give each extra output a tag of its own`,
        );
      }
      outputs[tag] = id;
      const pcollection = { kind: "pcollection" as const, id, producer: name, tag, ...flow };
      this.pcollections.set(id, Object.freeze(pcollection));
    }
    const base = parameters === undefined ? { name } : { name, parameters };
    Object.freeze(outputs);
    const node = Object.freeze(finishPrimitive(draft, base, outputs));
    this.transforms.set(name, node);
    this.inheritCoder(node);
    return outputs;
  }

  /** Runs `expand` inside a named scope and records it as a composite. */
  composite<Result>(
    label: Label,
    inputs: readonly PCollectionId[],
    outputsOfResult: (result: Result) => readonly PCollectionId[],
    expand: () => Result,
    options: CompositeOptions = {},
  ): Result {
    const name = this.claimName(label);
    const outer = this.scope;
    const scope: Scope = { name, children: [], names: new Set() };
    this.scope = scope;
    let result: Result;
    try {
      result = expand();
    } finally {
      this.scope = outer;
    }
    const node: CompositeNode = {
      kind: "composite",
      name,
      children: Object.freeze(scope.children),
      inputs: Object.freeze([...inputs]),
      outputs: Object.freeze([...outputsOfResult(result)]),
      ...options,
    };
    this.transforms.set(name, Object.freeze(node));
    return result;
  }

  /** How a PCollection is windowed, and whether it ends. */
  flowAt(id: PCollectionId): Flow {
    const pcollection = this.pcollections.get(id);
    if (pcollection === undefined) throw internalError(`No PCollection "${id}" in the graph`);
    return pcollection;
  }

  setCoder(id: PCollectionId, coder: Coder<unknown>): void {
    this.coders.set(id, coder);
  }

  coderOf(id: PCollectionId): Coder<unknown> | undefined {
    return this.coders.get(id);
  }

  build(): Graph {
    for (const node of this.transforms.values()) {
      if (node.kind === "groupByKey") this.requireKv(node.name, node.input, node.output);
      if (node.kind === "combineStep") this.passCombineCoders(node);
      if (node.kind === "parDo") {
        this.requireLookupKeys(node);
        if (isStatefulFn(node.fn)) this.requireStateKey(node);
      }
      // Once more: inputs may have got their coders after the transform was added.
      this.inheritCoder(node);
    }
    const pcollections = new Map<PCollectionId, PCollectionNode>();
    for (const [id, draft] of this.pcollections) {
      pcollections.set(id, Object.freeze({ ...draft, coder: this.coders.get(id) ?? js }));
    }
    return Object.freeze({
      kind: "graph",
      name: this.pipelineName,
      transforms: new Map(this.transforms),
      pcollections,
      roots: Object.freeze([...this.root.children]),
    });
  }

  /** The input of a GroupByKey is coded as pairs with a deterministic key, its output as groups. */
  private requireKv(name: string, input: PCollectionId, output: PCollectionId): void {
    const [key, value] = this.kvComponents(name, input);
    const keyCoder = keyCoderFor(name, key);
    this.coders.set(input, kv(keyCoder, value) as Coder<unknown>);
    if (!this.coders.has(output)) {
      this.coders.set(output, kv(keyCoder, iterable(value)) as Coder<unknown>);
    }
  }

  /** A side input that is read by key is coded as pairs with a deterministic key. */
  private requireLookupKeys({ name, sideInputs }: ParDoNode): void {
    for (const { pcollection, view } of Object.values(sideInputs)) {
      if (accessPatternOf(view) !== "multimap") continue;
      const [key, value] = this.kvComponents(name, pcollection);
      this.coders.set(pcollection, kv(keyCoderFor(name, key), value) as Coder<unknown>);
    }
  }

  /** State belongs to a key: the input is coded as pairs with a deterministic key. */
  private requireStateKey({ name, input }: ParDoNode): void {
    const coder = this.coders.get(input);
    if (coder !== undefined && coder !== js && coder.urn !== "beam:coder:kv:v1") {
      throw new BeamlineError(
        "NOT_KEYED",
        `Cannot keep state or set timers in "${name}": its input has the coder ${coder.urn}, which does not encode [K, V] pairs; call keyBy() first`,
      );
    }
    const [key, value] = this.kvComponents(name, input);
    this.coders.set(input, kv(keyCoderFor(name, key), value) as Coder<unknown>);
  }

  private kvComponents(name: string, id: PCollectionId): readonly [Coder<unknown>, Coder<unknown>] {
    const coder = this.coders.get(id);
    if (coder === undefined || coder === js) return [js, js];
    const [key, value] = coder.components;
    if (coder.urn === "beam:coder:kv:v1" && key !== undefined && value !== undefined) {
      return [key, value];
    }
    throw new BeamlineError(
      "NOT_KEYED",
      `Cannot group in "${name}": its input has the coder ${coder.urn}, which does not encode [K, V] pairs; give the input a kv(...) coder or call keyBy() first`,
    );
  }

  private passCombineCoders(node: PrimitiveNode & { kind: "combineStep" }): void {
    const [key, value] = this.kvComponents(node.name, node.input);
    const { combine } = node;
    switch (node.step) {
      case "precombine":
        this.coders.set(node.output, kv(key, combine.accumulatorCoder ?? js) as Coder<unknown>);
        return;
      case "merge": {
        const accumulator = combine.accumulatorCoder ?? value.components[0] ?? js;
        this.coders.set(node.output, kv(key, accumulator) as Coder<unknown>);
        return;
      }
      case "extract":
        if (!this.coders.has(node.output)) {
          this.coders.set(node.output, kv(key, combine.outputCoder ?? js) as Coder<unknown>);
        }
    }
  }

  private passCoder(from: PCollectionId, to: PCollectionId): void {
    const coder = this.coders.get(from);
    if (coder !== undefined && !this.coders.has(to)) this.coders.set(to, coder);
  }

  /** Gives the output of a transform that does not change its elements the coder of its inputs. */
  private inheritCoder(node: TransformNode): void {
    if (node.kind === "reshuffle" || node.kind === "windowInto") {
      this.passCoder(node.input, node.output);
    }
    if (node.kind === "flatten") {
      const [first] = node.inputs;
      const coders = new Set(node.inputs.map((id) => this.coders.get(id)));
      if (coders.size === 1 && first !== undefined) this.passCoder(first, node.output);
    }
    if (node.kind === "impulse") this.coders.set(node.output, bytes as Coder<unknown>);
  }

  /**
   * Beam's rule: a name is unique in its scope. A name that the user gave and that is taken is an
   * error, since remote state and metrics hang on it; one that we made up gets a number.
   */
  private claimName(label: Label): string {
    const { scope } = this;
    const given: unknown = label.name;
    if (typeof given !== "string" || given === "" || given.includes("/")) {
      throw new BeamlineError(
        "BAD_NAME",
        `Cannot name a transform ${JSON.stringify(given) ?? typeof given}: "/" separates composites from their parts and a name is never empty; choose another name, or wrap the parts in composite()`,
      );
    }
    if (label.given && scope.names.has(label.name)) {
      const where = scope.name === "" ? "this pipeline" : `"${scope.name}"`;
      throw new BeamlineError(
        "DUPLICATE_NAME",
        `Cannot add a transform named "${label.name}": ${where} already has one; give each transform a name of its own`,
      );
    }
    let local = label.name;
    for (let n = 2; scope.names.has(local); n++) local = `${label.name}${n}`;
    scope.names.add(local);
    const full = scope.name === "" ? local : `${scope.name}/${local}`;
    scope.children.push(full);
    return full;
  }
}

function keyCoderFor(name: string, coder: Coder<unknown>): Coder<unknown> {
  try {
    return deterministicCoder(coder);
  } catch (cause) {
    if (!(cause instanceof BeamlineError)) throw cause;
    throw new BeamlineError(cause.code, `Cannot group in "${name}": ${cause.message}`, { cause });
  }
}

/** A transform's own name, and whether the user chose it. */
export interface Label {
  readonly name: string;
  readonly given: boolean;
}

function finishPrimitive(
  draft: PrimitiveDraft,
  base: { readonly name: string; readonly parameters?: unknown },
  outputs: Readonly<Record<string, PCollectionId>>,
): PrimitiveNode {
  const output = outputs[MAIN_OUTPUT];
  if (output === undefined) throw internalError(`"${base.name}" has no main output`);
  switch (draft.kind) {
    case "impulse":
      return { ...base, kind: "impulse", output };
    case "parDo":
      return {
        ...base,
        kind: "parDo",
        input: draft.input,
        outputs,
        fn: draft.fn,
        sideInputs: Object.freeze({ ...draft.sideInputs }),
      };
    case "windowInto": {
      const { input, windowing } = draft;
      return { ...base, kind: "windowInto", input, output, windowing };
    }
    case "testStream":
      return { ...base, kind: "testStream", output, events: Object.freeze([...draft.events]) };
    case "groupByKey":
      return { ...base, kind: "groupByKey", input: draft.input, output };
    case "reshuffle":
      return { ...base, kind: "reshuffle", input: draft.input, output };
    case "flatten":
      return { ...base, kind: "flatten", inputs: Object.freeze([...draft.inputs]), output };
    case "combineStep": {
      const { step, input, combine } = draft;
      return { ...base, kind: "combineStep", step, input, output, combine };
    }
  }
}
