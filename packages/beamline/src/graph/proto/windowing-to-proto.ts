import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Coder } from "../../coders/coder.js";
import { globalWindow } from "../../coders/global-window.js";
import { intervalWindow } from "../../coders/interval-window.js";
import { BeamlineError } from "../../model/errors.js";
import type { Window } from "../../model/window.js";
import {
  AccumulationMode_Enum,
  ClosingBehavior_Enum,
  MergeStatus_Enum,
  OnTimeBehavior_Enum,
  OutputTime_Enum,
  type WindowingStrategy as WindowingProto,
  type WindowingStrategySchema,
} from "../../proto/gen/pipeline/windowing_pb.js";
import { assignsToSeveral, isMerging } from "../../windowing/merge.js";
import { isSameData } from "../../windowing/same-windowing.js";
import type { WindowFn } from "../../windowing/window-fn.js";
import {
  GLOBAL_WINDOWING,
  type TimestampCombiner,
  type WindowingStrategy,
} from "../../windowing/windowing-strategy.js";
import type { Graph } from "../nodes.js";
import type { CoderTable } from "./coder-table.js";
import { triggerFromProto, triggerToProto } from "./trigger-to-proto.js";
import { windowFnFromProto, windowFnToProto } from "./window-fn-to-proto.js";

type WindowingInit = MessageInitShape<typeof WindowingStrategySchema>;

/** The coder of the windows that a function makes. Default: the global window. */
export function windowCoderOf(windowFn?: WindowFn): Coder<Window> {
  return ((windowFn?.kind ?? "global") === "global"
    ? globalWindow
    : intervalWindow) as unknown as Coder<Window>;
}

/** Gives each distinct windowing strategy of a pipeline one id. */
export class WindowingTable {
  private readonly graph: Graph;
  private readonly coders: CoderTable;
  private readonly environment: string;
  private readonly ids = new Map<WindowingStrategy, string>();
  private readonly protos: Record<string, WindowingInit> = {};

  constructor(graph: Graph, coders: CoderTable, environment: string) {
    this.graph = graph;
    this.coders = coders;
    this.environment = environment;
  }

  idOf(windowing: WindowingStrategy): string {
    for (const [other, id] of this.ids) if (isSameData(other, windowing)) return id;
    const id = windowing === GLOBAL_WINDOWING ? "global" : `windowing${this.ids.size}`;
    this.ids.set(windowing, id);
    this.protos[id] = this.init(windowing);
    return id;
  }

  toProto(): Record<string, WindowingInit> {
    return this.protos;
  }

  private init(windowing: WindowingStrategy): WindowingInit {
    const { windowFn } = windowing;
    const hasMerged = windowing.alreadyMerged && isMerging(windowFn);
    return {
      windowFn: windowFnToProto(hasMerged ? ANY_INTERVALS : windowFn, this.graph),
      mergeStatus:
        isMerging(windowFn) && !hasMerged
          ? MergeStatus_Enum.NEEDS_MERGE
          : MergeStatus_Enum.NON_MERGING,
      windowCoderId: this.coders.idOf(windowCoderOf(windowFn) as Coder<unknown>),
      trigger: triggerToProto(windowing.trigger),
      accumulationMode:
        windowing.accumulation === "discarding"
          ? AccumulationMode_Enum.DISCARDING
          : AccumulationMode_Enum.ACCUMULATING,
      outputTime: outputTimeOf(windowing.timestampCombiner),
      closingBehavior:
        windowing.closing === "emit-always"
          ? ClosingBehavior_Enum.EMIT_ALWAYS
          : ClosingBehavior_Enum.EMIT_IF_NONEMPTY,
      allowedLateness: BigInt(windowing.allowedLateness),
      onTimeBehavior:
        windowing.onTime === "fire-always"
          ? OnTimeBehavior_Enum.FIRE_ALWAYS
          : OnTimeBehavior_Enum.FIRE_IF_NONEMPTY,
      assignsToOneWindow: !assignsToSeveral(windowFn),
      environmentId: this.environment,
    };
  }
}

/**
 * The strategy that a proto stands for; window functions of our own are looked up in `graph`.
 * Windows that have merged come back as the intervals that stand for them.
 */
export function windowingFromProto(proto: WindowingProto, graph: Graph): WindowingStrategy {
  return {
    windowFn: windowFnFromProto(proto.windowFn, graph),
    trigger: triggerFromProto(proto.trigger),
    accumulation:
      proto.accumulationMode === AccumulationMode_Enum.ACCUMULATING ? "accumulating" : "discarding",
    allowedLateness: Number(proto.allowedLateness),
    timestampCombiner: COMBINERS[proto.outputTime] ?? "endOfWindow",
    closing:
      proto.closingBehavior === ClosingBehavior_Enum.EMIT_ALWAYS
        ? "emit-always"
        : "emit-if-nonempty",
    onTime:
      proto.onTimeBehavior === OnTimeBehavior_Enum.FIRE_IF_NONEMPTY
        ? "fire-if-nonempty"
        : "fire-always",
    alreadyMerged: proto.mergeStatus === MergeStatus_Enum.ALREADY_MERGED,
  };
}

/**
 * What windows that have merged are to a runner: intervals that stay as they are. Runners disagree
 * on `ALREADY_MERGED`: Python's merges sessions again, and refuses others.
 */
const ANY_INTERVALS: WindowFn = { kind: "fixed", size: 1, offset: 0 };

const COMBINERS: Readonly<Partial<Record<OutputTime_Enum, TimestampCombiner>>> = {
  [OutputTime_Enum.END_OF_WINDOW]: "endOfWindow",
  [OutputTime_Enum.LATEST_IN_PANE]: "latest",
  [OutputTime_Enum.EARLIEST_IN_PANE]: "earliest",
};

function outputTimeOf(combiner: TimestampCombiner): OutputTime_Enum {
  switch (combiner) {
    case "endOfWindow":
      return OutputTime_Enum.END_OF_WINDOW;
    case "latest":
      return OutputTime_Enum.LATEST_IN_PANE;
    case "earliest":
      return OutputTime_Enum.EARLIEST_IN_PANE;
    case "earliestTransformed":
      throw new BeamlineError(
        "UNSUPPORTED_WINDOWING",
        "Cannot describe a windowing to a runner: timestamps are combined by earliestTransformed, which Beam's protocol lacks; combine them by earliest, and shift them by withTimestamps()",
      );
  }
}
