import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Receive } from "../../exec/receive.js";
import type { Graph } from "../../graph/nodes.js";
import type { ElementMeta } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import type { TimerRecord } from "../../model/state-scope.js";
import { MIN_TIMESTAMP } from "../../model/time.js";
import type { DelayedBundleApplication } from "../../proto/gen/fn-execution/control_pb.js";
import { millisFromDuration, millisFromTimestamp } from "../../proto/instants.js";
import type {
  BundleOutput,
  BundleWork,
  Executor,
  Residual,
} from "../../runners/local/bundle-work.js";
import { END } from "../../runners/local/end.js";
import { restrictionBlock } from "../../runners/local/list-sink.js";
import type { Dataset, Plan, PlannedStage } from "../../runners/local/plan.js";
import { isEndless } from "../../runners/local/restriction-stage.js";
import { Shard, Shards } from "../../runners/local/shard.js";
import { SideInputStore } from "../../runners/local/side-input-store.js";
import { openBlockSink } from "../../runners/local/sinks.js";
import { sourceOf } from "../../runners/local/sources.js";
import { decodeErrorReport } from "../error-report.js";
import { descriptorOfStage, sourceId, stepId } from "./descriptor-of-stage.js";
import { elementCoderAt } from "./element-coder-at.js";
import { RunnerKeys } from "./runner-keys.js";
import { sideInputState } from "./side-input-state.js";
import type { BundleOutputs, TestRunner } from "./test-runner.js";

const CHUNK_BYTES = 256 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * Runs the embedded engine's bundles in a harness, over the Fn API: with it the embedded engine is a
 * runner like any other, and whatever it runs goes through the protocol.
 */
export class FnApiExecutor implements Executor {
  readonly progress = { elements: 0, bytes: 0 };
  private readonly plan: Plan;
  private readonly graph: Graph;
  private readonly runner: TestRunner;
  private readonly shards = new Shards();

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
    const shard = this.shards.of(stage, work.shard);
    if (shard?.state !== undefined) return await this.runKeyed(stage, work, shard);
    const done = await this.bundle(stage, await this.encode(stage, work, () => true), undefined);
    return {
      blocks: this.blocksOf(stage, [done.outputs]),
      steps: [],
      ...(isEndless(stage) ? { residuals: this.residualsOf(stage, done.residualRoots) } : {}),
    };
  }

  /** Elements and due timers in a bundle, and, where nothing more can come, all timers that follow. */
  private async runKeyed(
    stage: PlannedStage,
    work: BundleWork,
    shard: Shard,
  ): Promise<BundleOutput> {
    const { state } = shard;
    if (state === undefined) throw internalError("A keyed stage keeps no state");
    const keys = new RunnerKeys(stage, state);
    this.runner.userState = keys.serve;
    shard.begin(work.times);
    const times = stage.isBounded ? END : work.times;
    const outputs: BundleOutputs[] = [];
    try {
      if (stage.isBounded) state.setTimes({ ...work.times, watermark: MIN_TIMESTAMP });
      let chunks = await this.encode(stage, work, (value, meta) =>
        keys.admit(value as readonly [unknown, unknown], meta),
      );
      let due = stage.isBounded ? [] : state.takeDueTimers(times);
      do {
        outputs.push((await this.bundle(stage, chunks, { keys, due })).outputs);
        chunks = [];
        state.setTimes(times);
        due = state.takeDueTimers(times);
      } while (due.length > 0);
    } catch (error) {
      shard.rollback();
      throw error;
    }
    shard.commit();
    return {
      blocks: this.blocksOf(stage, outputs),
      steps: [],
      ...(work.shard === undefined ? {} : { shard: shard.times }),
    };
  }

  /** Runs one bundle in the harness. */
  private async bundle(
    stage: PlannedStage,
    chunks: readonly Uint8Array[],
    keyed: { readonly keys: RunnerKeys; readonly due: readonly TimerRecord[] } | undefined,
  ) {
    const { runner } = this;
    const instructionId = runner.nextId();
    const value = { processBundleDescriptorId: stage.id };
    const answer = runner.instruct({ case: "processBundle", value }, instructionId);
    const transformId = sourceId(0);
    const timers = keyed?.keys.segments(instructionId, keyed.due) ?? [];
    if (timers.length > 0) await runner.send([], timers);
    for (const data of chunks) {
      await runner.send([{ instructionId, transformId, data, isLast: false }]);
    }
    await runner.send([{ instructionId, transformId, data: NOTHING, isLast: true }]);
    const { error, response } = await answer;
    if (error !== "") throw new Error(decodeErrorReport(error)?.message ?? error);
    const outputs = runner.outputsOf(instructionId);
    const { keys } = keyed ?? {};
    await runner.until(
      () =>
        stage.sinks.every(({ id }) => outputs.ended.has(id)) &&
        (keys === undefined || keys.isComplete(outputs)),
    );
    keys?.take(outputs);
    const residualRoots = response.case === "processBundle" ? response.value.residualRoots : [];
    return { outputs, residualRoots };
  }

  private residualsOf(
    stage: PlannedStage & { readonly dataset: Dataset },
    roots: readonly DelayedBundleApplication[],
  ): Residual[] {
    const coder = elementCoderAt(stage, this.graph, stage.inputs[0]);
    return roots.map(({ application, requestedTimeDelay }) => {
      const { value, meta } = coder.decode(new ByteReader(application?.element ?? NOTHING));
      const [watermark] = Object.values(application?.outputWatermarks ?? {});
      return {
        block: restrictionBlock(stage.dataset.coder, value, meta, 0),
        watermark: watermark === undefined ? MIN_TIMESTAMP : millisFromTimestamp(watermark),
        resumeAfterMs:
          requestedTimeDelay === undefined ? 0 : millisFromDuration(requestedTimeDelay),
      };
    });
  }

  private blocksOf(stage: PlannedStage, outputs: readonly BundleOutputs[]) {
    return stage.sinks.map(({ id }) => {
      const chunks = outputs.flatMap((each) => each.chunks.get(id) ?? []);
      return this.collect(stage, id, new Map([[id, chunks]]));
    });
  }

  finalize(): void {}

  failedCounts(): readonly [] {
    return [];
  }

  async close(): Promise<void> {}

  /** The elements of a bundle, as they go to the worker. */
  private async encode(
    stage: PlannedStage,
    work: BundleWork,
    admit: (value: unknown, meta: ElementMeta) => boolean,
  ): Promise<Uint8Array[]> {
    const [input] = stage.inputs;
    const coder = elementCoderAt(stage, this.graph, input);
    const out = new ByteWriter(CHUNK_BYTES);
    const chunks: Uint8Array[] = [];
    const kept: { readonly value: unknown; readonly meta: ElementMeta }[] = [];
    const receive: Receive = (value, meta) => {
      if (admit(value, meta)) kept.push({ value, meta });
    };
    const write = (value: unknown, meta: ElementMeta) => {
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
    // Where the order of timestamps is wanted nothing else is harmed by it.
    if (stage.isBounded) kept.sort((a, b) => a.meta.timestamp - b.meta.timestamp);
    for (const { value, meta } of kept) write(value, meta);
    chunks.push(out.toBytes());
    return chunks;
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
