import { BundleProcessor } from "../../exec/bundle-processor.js";
import { internalError } from "../../model/errors.js";
import { FnApiSideInputs } from "./fn-api-side-inputs.js";
import type { TransformCounts } from "./messages.js";
import { OutputChannel, type PostChunk } from "./output-channel.js";
import type { SideTokens } from "./side-tokens.js";
import type { DescriptorStage, SourcePort } from "./stage-from-descriptor.js";
import type { BundleState } from "./state-backed-iterable.js";

/** A stage compiled and ready: runs one bundle at a time, and is used for the next when it succeeds. */
export interface Station {
  readonly processor: BundleProcessor;
  readonly sources: readonly SourcePort[];
  readonly outputs: readonly OutputChannel[];
  readonly state: BundleState;
  begin(instruction: string, sideTokens: SideTokens): void;
  /** What the steps have counted in the running bundle. */
  counts(): TransformCounts[];
}

export function createStation(
  { stage, sources, sinks, transformIds }: DescriptorStage,
  state: BundleState,
  parallelism: number,
  post: PostChunk,
): Station {
  const outputs: OutputChannel[] = [];
  const transformOf = new Map(stage.steps.map((step, i) => [step, transformIds[i] ?? ""]));
  const sideInputs = new FnApiSideInputs(state, transformOf);
  const processor = new BundleProcessor(stage, {
    parallelism,
    sideInputs,
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
    begin(instruction, sideTokens) {
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
