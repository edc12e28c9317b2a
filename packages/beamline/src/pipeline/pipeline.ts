import type { Coder } from "../coders/coder.js";
import { GraphBuilder } from "../graph/graph-builder.js";
import { type Graph, MAIN_OUTPUT } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";
import { handleIdsOf, requireOwn } from "./handle.js";
import { splitLabel } from "./labels.js";
import { PCollection } from "./pcollection.js";
import { type Applicable, applyTransform } from "./ptransform.js";
import type { Inferred } from "./type-sentences.js";

export interface CreateOptions<T> {
  /** Default: the coder for any JavaScript value. */
  readonly coder?: Coder<T>;
}

/**
 * The pipeline under construction: what `build` receives. Nothing runs and nothing is read while
 * transforms are applied to it.
 */
export class Pipeline {
  /** @internal */
  readonly builder: GraphBuilder;

  constructor(name: string) {
    this.builder = new GraphBuilder(name);
  }

  /**
   * A PCollection of the given elements, spread over the workers.
   *
   * They become part of the pipeline, so keep them few (thousands): read large data from files.
   */
  create<T extends Inferred>(elements: readonly T[], options?: CreateOptions<T>): PCollection<T>;
  create<T extends Inferred>(
    name: string,
    elements: readonly T[],
    options?: CreateOptions<T>,
  ): PCollection<T>;
  create<T>(...args: readonly unknown[]): PCollection<T> {
    const { label, rest } = splitLabel("Create", args);
    const [given, options] = rest as [readonly T[], CreateOptions<T>?];
    if (!Array.isArray(given)) {
      throw new BeamlineError(
        "NOT_AN_ARRAY",
        `Cannot create "${label.name}": it got ${given === null ? "null" : typeof given} where an array of elements belongs; spread other iterables: create([...iterable])`,
      );
    }
    const elements: readonly T[] = Object.freeze([...given]);
    const expand = () => {
      const source = this.impulse().flatMap("Elements", () => elements as readonly Inferred[]);
      const typed = source as unknown as PCollection<T>;
      const coded = options?.coder === undefined ? typed : typed.withCoder(options.coder);
      return elements.length > 1 ? coded.reshuffle("Spread") : coded;
    };
    return this.builder.composite(label, [], handleIdsOf, expand, { parameters: elements });
  }

  /** One empty byte string: the start of a pipeline that needs to run a function just once. */
  impulse(name?: string): PCollection<Uint8Array> {
    const label = { name: name ?? "Impulse", given: name !== undefined };
    const outputs = this.builder.addPrimitive({ kind: "impulse" }, label);
    return PCollection.of(this.builder, outputs, MAIN_OUTPUT);
  }

  /** Unites PCollections into one; elements keep no order. */
  flatten<T>(inputs: readonly PCollection<T>[]): PCollection<T>;
  flatten<T>(name: string, inputs: readonly PCollection<T>[]): PCollection<T>;
  flatten<T>(...args: readonly unknown[]): PCollection<T> {
    const { label, rest } = splitLabel("Flatten", args);
    const [given] = rest;
    if (!Array.isArray(given)) {
      throw new BeamlineError(
        "NOT_AN_ARRAY",
        `Cannot apply "${label.name}": flatten() of a pipeline takes an array of PCollections; write p.flatten([a, b]) or a.flatten(b)`,
      );
    }
    const inputs = requireOwn(label.name, this.builder, given);
    const outputs = this.builder.addPrimitive({ kind: "flatten", inputs }, label);
    return PCollection.of(this.builder, outputs, MAIN_OUTPUT);
  }

  /** Applies a source: a transform that starts from the pipeline itself, such as `text.read(...)`. */
  apply<Out>(transform: Applicable<Pipeline, Out>): Out;
  apply<Out>(name: string, transform: Applicable<Pipeline, Out>): Out;
  apply<Out>(...args: [Applicable<Pipeline, Out>] | [string, Applicable<Pipeline, Out>]): Out {
    return applyTransform<Pipeline, Out>(this.builder, this, [], args);
  }

  /** @internal */
  toGraph(): Graph {
    return this.builder.build();
  }
}
