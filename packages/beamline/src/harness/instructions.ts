import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  InstructionRequest,
  InstructionResponseSchema,
  ProcessBundleRequest,
  ProcessBundleSplitRequest,
} from "../proto/gen/fn-execution/control_pb.js";
import { IsBounded_Enum } from "../proto/gen/pipeline/pipeline_pb.js";
import { durationFromMillis, timestampFromMillis } from "../proto/instants.js";
import type { ActiveBundles } from "./active-bundles.js";
import type { BundleCounts, DelayedRoot, RootElement } from "./bundle/messages.js";
import { segmentsOf } from "./bundle/segments-of.js";
import { type SideTokens, sideTokenId } from "./bundle/side-tokens.js";
import { segmentOfTimers } from "./bundle-input.js";
import type { DescriptorCache } from "./channels/descriptor-cache.js";
import { encodeErrorReport } from "./error-report.js";
import { type Measurement, measurementsOf, ShortIds } from "./monitoring.js";

type Response = MessageInitShape<typeof InstructionResponseSchema>;
type Answer = NonNullable<Response["response"]>;

/** Answers a runner's instructions. */
export class Instructions {
  private readonly bundles: ActiveBundles;
  private readonly descriptors: DescriptorCache;
  private readonly useShortIds: boolean;
  private readonly shortIds = new ShortIds();

  /** @param useShortIds - Whether the runner asks what short ids mean; else metrics go in full. */
  constructor(bundles: ActiveBundles, descriptors: DescriptorCache, useShortIds: boolean) {
    this.bundles = bundles;
    this.descriptors = descriptors;
    this.useShortIds = useShortIds;
  }

  /** Never rejects: what goes wrong is an answer too, and the stream goes on. */
  async answer({ instructionId, request }: InstructionRequest): Promise<Response> {
    try {
      const answer = await this.answerTo(instructionId, request);
      return answer === undefined
        ? { instructionId, error: `this worker does not know the instruction "${request.case}"` }
        : "error" in answer
          ? { instructionId, error: answer.error }
          : { instructionId, response: answer };
    } catch (error) {
      return { instructionId, error: encodeErrorReport(error) };
    }
  }

  private async answerTo(
    instruction: string,
    request: InstructionRequest["request"],
  ): Promise<Answer | { readonly error: string } | undefined> {
    switch (request.case) {
      case "processBundle":
        return await this.processBundle(instruction, request.value);
      case "processBundleProgress":
        return await this.progress(request.value.instructionId);
      case "processBundleSplit":
        return await this.split(request.value);
      case "finalizeBundle":
        return await this.finalize(request.value.instructionId);
      case "monitoringInfos":
        return this.metadata(request.value.monitoringInfoId);
      case "harnessMonitoringInfos":
        return { case: "harnessMonitoringInfos", value: {} };
      default:
        return undefined;
    }
  }

  private async processBundle(
    instruction: string,
    { processBundleDescriptorId, elements, cacheTokens }: ProcessBundleRequest,
  ): Promise<Answer | { readonly error: string }> {
    const descriptor = this.descriptors.get(processBundleDescriptorId);
    const outcome = await this.bundles.process(
      instruction,
      descriptor,
      [...(elements?.data ?? []), ...(elements?.timers ?? []).map(segmentOfTimers)],
      sideTokensOf(cacheTokens),
      userTokenOf(cacheTokens),
    );
    if (outcome.kind === "failed") return { error: outcome.report };
    const { counts, embedded, residualRoots, finalizes } = outcome;
    return {
      case: "processBundle",
      value: {
        ...this.metrics(counts),
        residualRoots: residualRoots.map(delayedApplicationOf),
        requiresFinalization: finalizes,
        ...(embedded === undefined ? {} : { elements: { data: embedded.flatMap(segmentsOf) } }),
      },
    };
  }

  private async finalize(instruction: string): Promise<Answer | { readonly error: string }> {
    const error = await this.bundles.finalize(instruction);
    return error === undefined ? { case: "finalizeBundle", value: {} } : { error };
  }

  private async progress(instruction: string): Promise<Answer> {
    const progress = await this.bundles.progress(instruction);
    if (progress?.counts === undefined) return { case: "processBundleProgress", value: {} };
    const value = { ...this.metrics(progress.counts), consumingReceivedData: progress.idle };
    return { case: "processBundleProgress", value };
  }

  private async split(request: ProcessBundleSplitRequest): Promise<Answer> {
    const desired = Object.entries(request.desiredSplits).map(([transform, wish]) => ({
      transform,
      fractionOfRemainder: wish.fractionOfRemainder,
      estimatedElements: Number(wish.estimatedInputElements),
      allowedSplitPoints: wish.allowedSplitPoints.map(Number),
    }));
    const split = await this.bundles.split(request.instructionId, desired);
    if (split === undefined) return { case: "processBundleSplit", value: {} };
    return {
      case: "processBundleSplit",
      value: {
        primaryRoots: split.primaryRoots.map(applicationOf),
        residualRoots: split.residualRoots.map(delayedApplicationOf),
        channelSplits: split.channels.map(({ transform, lastPrimary, firstResidual }) => ({
          transformId: transform,
          lastPrimaryElement: BigInt(lastPrimary),
          firstResidualElement: BigInt(firstResidual),
        })),
      },
    };
  }

  private metadata(ids: readonly string[]): Answer {
    const entries = ids.flatMap((id) => {
      const metric = this.shortIds.metricOf(id);
      return metric === undefined ? [] : [[id, metric] as const];
    });
    return { case: "monitoringInfos", value: { monitoringInfo: Object.fromEntries(entries) } };
  }

  private metrics(counts: BundleCounts) {
    const measurements: Measurement[] = measurementsOf(counts);
    if (!this.useShortIds) return { monitoringInfos: measurements };
    const data = measurements.map((found) => [this.shortIds.idOf(found), found.payload] as const);
    return { monitoringData: Object.fromEntries(data) };
  }
}

function applicationOf({ transform, input, element }: RootElement) {
  return { transformId: transform, inputId: input, element };
}

function delayedApplicationOf(root: DelayedRoot) {
  const outputWatermarks = Object.entries(root.watermarks).map(
    ([output, watermark]) => [output, timestampFromMillis(watermark)] as const,
  );
  return {
    application: {
      ...applicationOf(root),
      outputWatermarks: Object.fromEntries(outputWatermarks),
      isBounded: root.isBounded ? IsBounded_Enum.BOUNDED : IsBounded_Enum.UNBOUNDED,
    },
    ...(root.delayMs === 0 ? {} : { requestedTimeDelay: durationFromMillis(root.delayMs) }),
  };
}

/** The token under which user state that earlier bundles have left is still right. */
function userTokenOf(tokens: ProcessBundleRequest["cacheTokens"]): string | undefined {
  const found = tokens.find(({ type }) => type.case === "userState");
  return found === undefined ? undefined : Buffer.from(found.token).toString("base64");
}

/** The tokens under which side inputs that earlier bundles have read are still right. */
function sideTokensOf(tokens: ProcessBundleRequest["cacheTokens"]): SideTokens {
  const entries = tokens.flatMap(({ type, token }) =>
    type.case === "sideInput"
      ? [
          [
            sideTokenId(type.value.transformId, type.value.sideInputId),
            Buffer.from(token).toString("base64"),
          ] as const,
        ]
      : [],
  );
  return Object.fromEntries(entries);
}
