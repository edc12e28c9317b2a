import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Receive } from "../../exec/receive.js";
import type { Graph } from "../../graph/nodes.js";
import { internalError } from "../../model/errors.js";
import type { BundleOutput, BundleWork, Executor } from "../../runners/local/bundle-work.js";
import type { Plan, PlannedStage } from "../../runners/local/plan.js";
import { Shard } from "../../runners/local/shard.js";
import { SideInputStore } from "../../runners/local/side-input-store.js";
import { openBlockSink } from "../../runners/local/sinks.js";
import { sourceOf } from "../../runners/local/sources.js";
import { decodeErrorReport } from "../error-report.js";
import { descriptorOfStage, sourceId, stepId } from "./descriptor-of-stage.js";
import { elementCoderAt } from "./element-coder-at.js";
import { sideInputState } from "./side-input-state.js";
import type { TestRunner } from "./test-runner.js";

const CHUNK_BYTES = 256 * 1024;

/**
 * Runs the embedded engine's bundles in a harness, over the Fn API: with it the embedded engine is a
 * runner like any other, and whatever it runs goes through the protocol.
 */
export class FnApiExecutor implements Executor {
  readonly progress = { elements: 0, bytes: 0 };
  private readonly plan: Plan;
  private readonly graph: Graph;
  private readonly runner: TestRunner;

  constructor(plan: Plan, graph: Graph, runner: TestRunner) {
    this.plan = plan;
    this.graph = graph;
    this.runner = runner;
  }

  async run(work: BundleWork): Promise<BundleOutput> {
    const { runner } = this;
    const stage = this.plan.stages.find(({ id }) => id === work.stage);
    if (stage === undefined) throw internalError(`No stage "${work.stage}" in the plan`);
    if (!runner.descriptors.has(stage.id)) {
      const descriptor = descriptorOfStage(stage, this.graph, runner.address);
      runner.descriptors.set(stage.id, descriptor);
    }
    const sides = new SideInputStore();
    sides.add(work.sideInputs);
    const steps = new Map(stage.steps.map((step, i) => [stepId(i), step]));
    runner.sideInputs = sideInputState(steps, sides);
    const instruction = runner.nextId();
    const value = { processBundleDescriptorId: stage.id };
    const answer = runner.instruct({ case: "processBundle", value }, instruction);
    await this.feed(stage, work, instruction);
    const { error } = await answer;
    if (error !== "") throw new Error(decodeErrorReport(error)?.message ?? error);
    const outputs = runner.outputsOf(instruction);
    await runner.until(() => stage.sinks.every(({ id }) => outputs.ended.has(id)));
    return {
      blocks: stage.sinks.map(({ id }) => this.collect(stage, id, outputs.chunks)),
      steps: [],
    };
  }

  failedCounts(): readonly [] {
    return [];
  }

  async close(): Promise<void> {}

  private async feed(stage: PlannedStage, work: BundleWork, instructionId: string) {
    const [input] = stage.inputs;
    const coder = elementCoderAt(stage, this.graph, input);
    const transformId = sourceId(0);
    const out = new ByteWriter(CHUNK_BYTES);
    const chunks: Uint8Array[] = [];
    const receive: Receive = (value, meta) => {
      coder.encode({ value, meta }, out);
      if (out.position < CHUNK_BYTES) return;
      chunks.push(out.toBytes());
      out.reset();
    };
    const never = new AbortController().signal;
    const gate = { attention: false, clear: () => Promise.resolve(), signal: never };
    const shard = stage.dataset === undefined ? undefined : new Shard(stage.dataset);
    shard?.begin(work.times);
    const timers = { fire: () => undefined, forgetKeys: () => undefined };
    const source = sourceOf(stage, work, shard);
    await source.feed(new Map([[input ?? "", receive]]), gate, timers);
    shard?.commit();
    for (const data of chunks) {
      await this.runner.send([{ instructionId, transformId, data, isLast: false }]);
    }
    await this.runner.send([{ instructionId, transformId, data: out.toBytes(), isLast: true }]);
  }

  private collect(
    stage: PlannedStage,
    id: string,
    chunks: ReadonlyMap<string, readonly Uint8Array[]>,
  ) {
    const sink = stage.sinks.find((candidate) => candidate.id === id);
    const dataset = this.plan.datasets.get(id);
    if (sink === undefined || dataset === undefined) throw internalError(`No dataset "${id}"`);
    const coder = elementCoderAt(stage, this.graph, sink.pcollection);
    const blocks = openBlockSink(sink, dataset, { parallelism: 1, bundling: "auto" });
    for (const bytes of chunks.get(id) ?? []) {
      const reader = new ByteReader(bytes);
      while (reader.remaining > 0) {
        const { value, meta } = coder.decode(reader);
        blocks.receive(value, meta);
      }
    }
    return { dataset: id, blocks: blocks.take() };
  }
}
