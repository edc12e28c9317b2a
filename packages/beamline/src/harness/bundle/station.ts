import { BundleProcessor } from "../../exec/bundle-processor.js";
import type { Residual } from "../../exec/residual.js";
import { internalError } from "../../model/errors.js";
import { FnApiSideInputs } from "./fn-api-side-inputs.js";
import type { TransformCounts } from "./messages.js";
import { OutputChannel, type PostChunk } from "./output-channel.js";
import type { RootPort } from "./residual-roots.js";
import type { SideTokens } from "./side-tokens.js";
import type { DescriptorStage, SourcePort } from "./stage-from-descriptor.js";
import type { BundleState } from "./state-backed-iterable.js";
import { FnApiState, type PostWrites } from "./user-state/fn-api-state.js";
import { FnApiTimers } from "./user-state/fn-api-timers.js";

/** A stage compiled and ready: runs one bundle at a time, and is used for the next when it succeeds. */
export interface Station {
  readonly processor: BundleProcessor;
  readonly sources: readonly SourcePort[];
  readonly outputs: readonly OutputChannel[];
  readonly state: BundleState;
  readonly timers: FnApiTimers;
  readonly roots: readonly RootPort[];
  /** What the running bundle leaves for later. */
  readonly residuals: readonly Residual[];
  /** What is to happen once it has been committed. */
  readonly finalizers: readonly Finalizer[];
  /** The runner hears of all that user code has written. */
  flushState(): void;
  begin(instruction: string, sideTokens: SideTokens): void;
  /** What the steps have counted in the running bundle. */
  counts(): TransformCounts[];
}

export type Finalizer = () => void | Promise<void>;

export interface StationOptions {
  readonly parallelism: number;
  readonly post: PostChunk;
  readonly postWrites: PostWrites;
  /** See `CompileOptions.poll`. */
  readonly poll: (() => void) | undefined;
}

export function createStation(
  { stage, sources, sinks, transformIds, families, roots }: DescriptorStage,
  state: BundleState,
  { parallelism, post, postWrites, poll }: StationOptions,
): Station {
  const residuals: Residual[] = [];
  const finalizers: Finalizer[] = [];
  const timers = new FnApiTimers(families);
  const idOfStep = (name: string) => transformIds[stage.steps.findIndex((s) => s.name === name)];
  const userState = new FnApiState(state, (step) => idOfStep(step) ?? "", postWrites);
  const outputs: OutputChannel[] = [];
  const transformOf = new Map(stage.steps.map((step, i) => [step, transformIds[i] ?? ""]));
  const sideInputs = new FnApiSideInputs(state, transformOf);
  const processor = new BundleProcessor(stage, {
    parallelism,
    sideInputs,
    state: userState,
    timers,
    onResidual: (residual) => residuals.push(residual),
    onFinalize: (finalizer) => finalizers.push(finalizer),
    ...(poll === undefined ? {} : { poll }),
    openSink({ id }, scope) {
      const port = sinks.find((sink) => sink.id === id);
      if (port === undefined) throw internalError(`No sink "${id}" in stage ${stage.id}`);
      const output = new OutputChannel(port, scope, post);
      outputs.push(output);
      return { receive: output.receive, congestion: output };
    },
  });
  return {
    processor,
    sources,
    outputs,
    state,
    timers,
    roots,
    residuals,
    finalizers,
    flushState: () => userState.flush(),
    begin(instruction, sideTokens) {
      residuals.length = 0;
      finalizers.length = 0;
      timers.begin();
      userState.begin(instruction);
      state.begin(instruction);
      sideInputs.begin(instruction, sideTokens);
      for (const output of outputs) output.begin(instruction);
    },
    counts: () =>
      processor.counts().map(({ elements, counters, metrics = [] }, i) => ({
        transform: transformIds[i] ?? "",
        input: stage.steps[i]?.input ?? "",
        elements,
        counters,
        metrics,
      })),
  };
}
