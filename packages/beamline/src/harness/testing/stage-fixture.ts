import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import type { Graph } from "../../graph/nodes.js";
import { IMPULSE_META } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { type PlannedStage, planGraph } from "../../runners/local/plan.js";
import { descriptorOfStage, sourceId } from "./descriptor-of-stage.js";
import { elementCoderAt } from "./element-coder-at.js";
import type { TestRunner } from "./test-runner.js";

/** One stage of a pipeline, ready to be run bundle by bundle. */
export interface StageFixture {
  readonly graph: Graph;
  readonly stage: PlannedStage;
  /** Id of the stage's source transform. */
  readonly source: string;
  /** Id of the sink that takes the results. */
  readonly sink: string;
  /** The wire form of elements for the source. */
  encode(elements: readonly unknown[]): Uint8Array;
  /** What a bundle sent at the sink. */
  decode(chunks: readonly Uint8Array[] | undefined): unknown[];
}

/** The stage that works on `build`'s argument, elements that come from a reshuffle. */
export function stageFixture<T>(
  build: (elements: PCollection<T>) => PCollection<unknown>,
  coder?: Coder<T>,
): StageFixture {
  const pipeline = new Pipeline("fixture");
  const source = pipeline.create<never>("In", []) as unknown as PCollection<T>;
  const given = coder === undefined ? source : source.withCoder(coder);
  const { id } = build(given.reshuffle("Begin"));
  const graph = pipeline.toGraph();
  return fixtureOf(graph, "Begin", id);
}

/** The stage named `stageId` of a graph, with the sink that keeps the PCollection `results`. */
export function fixtureOf(graph: Graph, stageId: string, results: string): StageFixture {
  const stage = planGraph(graph, { results: [results] }).stages.find(({ id }) => id === stageId);
  const [input] = stage?.inputs ?? [];
  const sink = stage?.sinks.find(({ pcollection }) => pcollection === results);
  if (stage === undefined || input === undefined || sink === undefined) {
    throw internalError(`No stage "${stageId}" that makes "${results}"`);
  }
  const coderOf = (pcollection: string) => elementCoderAt(stage, graph, pcollection);
  return {
    graph,
    stage,
    source: sourceId(0),
    sink: sink.id,
    encode(elements) {
      const out = new ByteWriter();
      for (const value of elements) coderOf(input).encode({ value, meta: IMPULSE_META }, out);
      return out.toBytes();
    },
    decode(chunks = []) {
      const found: unknown[] = [];
      for (const chunk of chunks) {
        const reader = new ByteReader(chunk);
        while (reader.remaining > 0) found.push(coderOf(sink.pcollection).decode(reader).value);
      }
      return found;
    },
  };
}

/** Makes the stage known to the runner, under its own id. */
export function register(runner: TestRunner, { stage, graph }: StageFixture): void {
  const descriptor = descriptorOfStage(stage, graph, runner.address);
  descriptor.stateApiServiceDescriptor = {
    $typeName: "org.apache.beam.model.pipeline.v1.ApiServiceDescriptor",
    url: runner.address,
  };
  runner.descriptors.set(stage.id, descriptor);
}
