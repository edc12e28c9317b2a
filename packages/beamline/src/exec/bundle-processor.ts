import type { PCollectionId } from "../graph/nodes.js";
import { internalError } from "../model/errors.js";
import type { ActiveRestriction } from "./active-restriction.js";
import { BundleScope, type Congestible } from "./bundle-scope.js";
import { type CompileOptions, compileStage } from "./compile-stage.js";
import type { Operator } from "./operator.js";
import type { Receive } from "./receive.js";
import type { SideInputs } from "./side-inputs/side-inputs.js";
import type { Stage } from "./stage.js";
import type { TimerReceiver } from "./state/ports.js";
import type { StepCounts, StepMetrics } from "./step-metrics.js";

/** Tells whoever feeds elements when to pause. */
export interface BundleGate {
  /** True while steps below have no room, or once the bundle has failed. Cheap to ask. */
  readonly attention: boolean;
  /** Resolves when there is room; throws when the bundle has failed. */
  clear(): Promise<void>;
  /** Aborted once the bundle has failed: whoever waits for more input stops waiting. */
  readonly signal: AbortSignal;
}

export interface BundleProgress {
  /** That have reached the stage's busiest step. */
  readonly elements: number;
  /** Of the bundle's restrictions; 0 in a stage that is no source. */
  readonly bytes: number;
}

/** The receivers of a stage's inputs. */
export type Entries = ReadonlyMap<PCollectionId, Receive>;

/** Feeds a bundle's elements into a stage. */
export interface BundleSource {
  /**
   * Hands each element to the entry of its PCollection and each timer to `timers`, and awaits `gate.clear()` whenever
   * `gate.attention` holds.
   */
  feed(entries: Entries, gate: BundleGate, timers: TimerReceiver): void | Promise<void>;
}

/**
 * Runs the bundles of one stage, one at a time: compiled once, used again and again. After a
 * bundle has failed the processor must be torn down; the next attempt runs in a new one.
 */
export class BundleProcessor {
  private readonly stage: Stage;
  private readonly scope = new BundleScope();
  private readonly entries: Entries;
  private readonly operators: readonly Operator[];
  private readonly metrics: readonly StepMetrics[];
  private readonly sideInputs: readonly SideInputs[];
  private readonly gate: BundleGate;
  private readonly timers: TimerReceiver;
  private readonly graceMs: number;
  private isSetUp = false;

  constructor(stage: Stage, options: CompileOptions) {
    const { scope } = this;
    this.stage = stage;
    const compiled = compileStage(stage, scope, options);
    this.entries = compiled.entries;
    this.operators = compiled.operators;
    this.metrics = compiled.metrics;
    this.sideInputs = compiled.sideInputs;
    this.timers = timerReceiverOf(stage, compiled.operators);
    this.graceMs = options.graceMs ?? 5000;
    this.gate = gateOf(scope, compiled.congestibles);
  }

  /** How far the running bundle is. */
  get progress(): BundleProgress {
    let elements = 0;
    for (const metrics of this.metrics) elements = Math.max(elements, metrics.elements);
    let bytes = 0;
    for (const operator of this.operators) bytes += operator.sizeDone ?? 0;
    return { elements, bytes };
  }

  /** What each step has counted so far in this bundle. */
  counts(): readonly StepCounts[] {
    return this.metrics.map((metrics) => metrics.snapshot());
  }

  /** The restriction that the step which takes `input` is in the midst of, if it has one. */
  activeRestriction(input: PCollectionId): ActiveRestriction | undefined {
    const index = this.stage.steps.findIndex((step) => step.input === input);
    return this.operators[index]?.activeRestriction;
  }

  /** Runs one bundle; when it throws, nothing that it emitted may be used. */
  async run(source: BundleSource, signal?: AbortSignal): Promise<readonly StepCounts[]> {
    const { scope } = this;
    scope.reset();
    const cancel = () => scope.cancel(signal?.reason);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      if (signal?.aborted === true) cancel();
      scope.throwIfFailed();
      await this.start();
      await source.feed(this.entries, this.gate, this.timers);
      for (const operator of this.operators) {
        await scope.unlessFailed(operator.finishBundle?.());
        scope.throwIfFailed();
      }
      return this.counts();
    } catch (error) {
      // Stops what is still under way, and lets it end: the next attempt must not meet it.
      scope.fail(error);
      await scope.settled(this.graceMs);
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Tears every operator down, then throws the first error of them. */
  async teardown(): Promise<void> {
    if (!this.isSetUp) return;
    this.isSetUp = false;
    const results = await Promise.allSettled(
      this.operators.map(async (operator) => await operator.teardown?.()),
    );
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  private async start(): Promise<void> {
    const { scope } = this;
    for (const metrics of this.metrics) metrics.reset();
    for (const beside of this.sideInputs) beside.startBundle();
    if (!this.isSetUp) {
      this.isSetUp = true;
      for (const beside of this.sideInputs) await scope.unlessFailed(beside.setup());
      for (const operator of this.operators) await scope.unlessFailed(operator.setup?.());
    }
    // Downstream first, since an operator may emit when its bundle starts.
    for (const operator of [...this.operators].reverse()) {
      await scope.unlessFailed(operator.startBundle?.());
    }
  }
}

function timerReceiverOf(stage: Stage, operators: readonly Operator[]): TimerReceiver {
  const takers = new Map(stage.steps.map(({ name }, i) => [name, operators[i]?.fire] as const));
  return {
    fire(timer) {
      const fire = takers.get(timer.step);
      if (fire === undefined) throw internalError(`"${timer.step}" takes no timers`);
      fire(timer);
    },
    forgetKeys() {
      for (const operator of operators) operator.forgetKeys?.();
    },
  };
}

function gateOf(scope: BundleScope, congestibles: readonly Congestible[]): BundleGate {
  return {
    get attention() {
      return scope.attention;
    },
    clear: () => scope.clear(congestibles),
    get signal() {
      return scope.signal;
    },
  };
}
