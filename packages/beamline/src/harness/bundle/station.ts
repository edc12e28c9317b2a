import { BundleProcessor } from "../../exec/bundle-processor.js";
import { internalError } from "../../model/errors.js";
import type { TransformCounts } from "./messages.js";
import { OutputChannel, type PostChunk } from "./output-channel.js";
import type { DescriptorStage, SourcePort } from "./stage-from-descriptor.js";
import type { BundleState } from "./state-backed-iterable.js";

/** A stage compiled and ready: runs one bundle at a time, and is used for the next when it succeeds. */
export interface Station {
  readonly processor: BundleProcessor;
  readonly sources: readonly SourcePort[];
  readonly outputs: readonly OutputChannel[];
  readonly state: BundleState;
  begin(instruction: string): void;
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
  const processor = new BundleProcessor(stage, {
    parallelism,
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
    begin(instruction) {
      state.begin(instruction);
      for (const output of outputs) output.begin(instruction);
    },
    counts: () =>
      processor.counts().map(({ elements, counters }, i) => ({
        transform: transformIds[i] ?? "",
        input: stage.steps[i]?.input ?? "",
        elements,
        counters,
      })),
  };
}
