import { fromBinary } from "@bufbuild/protobuf";
import type { StepOperation } from "../../exec/stage.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import type { Graph } from "../../graph/nodes.js";
import { decodeFunctionPayload } from "../../graph/proto/function-payload.js";
import { windowFnFromProto } from "../../graph/proto/window-fn-to-proto.js";
import { BeamlineError } from "../../model/errors.js";
import type { IntervalWindow, Window } from "../../model/window.js";
import { unpackSpec } from "../../proto/function-spec.js";
import {
  type FunctionSpec,
  FunctionSpecSchema,
} from "../../proto/gen/pipeline/function-spec_pb.js";
import { WindowIntoPayloadSchema } from "../../proto/gen/pipeline/windowing_pb.js";
import { mergesOf } from "../../windowing/merge.js";
import { type SideInputWindow, sideInputWindowOf } from "../../windowing/side-input-window.js";
import type { WindowFn } from "../../windowing/window-fn.js";
import { GLOBAL_WINDOWING } from "../../windowing/windowing-strategy.js";

/** Puts elements into windows (`beam:transform:window_into:v1`). */
export function windowIntoOperation(spec: FunctionSpec, graph: Graph): StepOperation {
  const { windowFn } = unpackSpec(spec, WindowIntoPayloadSchema);
  // Only the function counts for each element; how groups are emitted is the runner's business.
  const windowing = { ...GLOBAL_WINDOWING, windowFn: windowFnFromProto(windowFn, graph) };
  return { kind: "windowInto", windowing };
}

/**
 * Merges the windows that a runner names (`beam:transform:merge_windows:v1`):
 * `[nonce, windows]` becomes `[nonce, [unmerged, [merged, consumed]...]]`.
 */
export function mergeWindowsOperation(spec: FunctionSpec, graph: Graph): StepOperation {
  const windowFn = windowFnFromProto(fromBinary(FunctionSpecSchema, spec.payload), graph);
  const fn = ([nonce, windows]: readonly [unknown, Iterable<IntervalWindow>]) => [
    nonce,
    mergeWindows(windowFn, [...windows]),
  ];
  return { kind: "parDo", fn: { kind: "map", fn } };
}

function mergeWindows(windowFn: WindowFn, windows: readonly IntervalWindow[]) {
  const merges = mergesOf(windowFn, windows);
  const consumed = new Set(merges.flatMap(({ from }) => from));
  return [
    windows.filter((window) => !consumed.has(window)),
    merges.map(({ from, to }) => [to, from]),
  ];
}

/**
 * Finds the side input's window for each window of a main input
 * (`beam:transform:map_windows:v1`): `[nonce, main window]` becomes `[nonce, side window]`.
 */
export function mapWindowsOperation(spec: FunctionSpec, graph: Graph): StepOperation {
  const { payload } = fromBinary(FunctionSpecSchema, spec.payload);
  const { transform, sideInput } = decodeFunctionPayload(payload);
  const node = graph.transforms.get(transform);
  const side = node?.kind === "parDo" ? node.sideInputs[sideInput ?? ""] : undefined;
  const read = side === undefined ? undefined : graph.pcollections.get(side.pcollection);
  if (read === undefined) {
    throw new BeamlineError(
      "GRAPH_MISMATCH",
      `Cannot map windows for "${transform}": the pipeline that this worker has built has no side input "${sideInput}" there; make sure that workers run the bundle that the job was submitted with`,
    );
  }
  const { windowFn } = read.windowing;
  return { kind: "parDo", fn: { kind: "doFn", make: () => new MapWindows(windowFn) as never } };
}

type Mapped = [nonce: unknown, window: Window];

class MapWindows extends DoFn<Mapped, Mapped> {
  private readonly windowFn: WindowFn;
  private mapping: SideInputWindow | undefined;

  constructor(windowFn: WindowFn) {
    super();
    this.windowFn = windowFn;
  }

  override async setup(): Promise<void> {
    this.mapping = await sideInputWindowOf(this.windowFn);
  }

  process([nonce, window]: Mapped, ctx: ProcessContext<Mapped>): void {
    if (this.mapping !== undefined) ctx.output([nonce, this.mapping(window)]);
  }
}
