import { BeamlineError } from "../../model/errors.js";
import { functionSpec, packSpec, unpackSpec } from "../../proto/function-spec.js";
import type { FunctionSpec } from "../../proto/gen/pipeline/function-spec_pb.js";
import {
  FixedWindowsPayloadSchema,
  SessionWindowsPayloadSchema,
  SlidingWindowsPayloadSchema,
} from "../../proto/gen/pipeline/windowing_pb.js";
import {
  durationFromMillis,
  millisFromDuration,
  millisFromTimestamp,
  timestampFromMillis,
} from "../../proto/instants.js";
import { beamlineUrns, windowFnUrns } from "../../proto/urns.js";
import type { WindowFn } from "../../windowing/window-fn.js";
import { type Graph, primitivesOf } from "../nodes.js";
import { decodeFunctionPayload, encodeFunctionPayload } from "./function-payload.js";

/**
 * A window function as a runner sees it. Those that only this SDK knows are named by the transform
 * that puts elements into them: workers find them there.
 */
export function windowFnToProto(windowFn: WindowFn, graph: Graph): FunctionSpec {
  switch (windowFn.kind) {
    case "global":
      return functionSpec(windowFnUrns.globalWindows);
    case "fixed":
      return packSpec(windowFnUrns.fixedWindows, FixedWindowsPayloadSchema, {
        size: durationFromMillis(windowFn.size),
        offset: timestampFromMillis(windowFn.offset),
      });
    case "sliding":
      return packSpec(windowFnUrns.slidingWindows, SlidingWindowsPayloadSchema, {
        size: durationFromMillis(windowFn.size),
        offset: timestampFromMillis(windowFn.offset),
        period: durationFromMillis(windowFn.period),
      });
    case "sessions":
      return packSpec(windowFnUrns.sessionWindows, SessionWindowsPayloadSchema, {
        gapSize: durationFromMillis(windowFn.gap),
      });
    case "calendar":
    case "custom": {
      const transform = assignerOf(windowFn, graph);
      return functionSpec(beamlineUrns.windowFn, encodeFunctionPayload({ transform }));
    }
  }
}

/** The window function behind a spec of {@link windowFnToProto}, or of another SDK's for standard ones. */
export function windowFnFromProto(spec: FunctionSpec | undefined, graph: Graph): WindowFn {
  switch (spec?.urn) {
    case windowFnUrns.globalWindows:
      return { kind: "global" };
    case windowFnUrns.fixedWindows: {
      const { size, offset } = unpackSpec(spec, FixedWindowsPayloadSchema);
      return {
        kind: "fixed",
        size: size === undefined ? 0 : millisFromDuration(size),
        offset: offset === undefined ? 0 : millisFromTimestamp(offset),
      };
    }
    case windowFnUrns.slidingWindows: {
      const { size, offset, period } = unpackSpec(spec, SlidingWindowsPayloadSchema);
      return {
        kind: "sliding",
        size: size === undefined ? 0 : millisFromDuration(size),
        period: period === undefined ? 0 : millisFromDuration(period),
        offset: offset === undefined ? 0 : millisFromTimestamp(offset),
      };
    }
    case windowFnUrns.sessionWindows: {
      const { gapSize } = unpackSpec(spec, SessionWindowsPayloadSchema);
      return { kind: "sessions", gap: gapSize === undefined ? 0 : millisFromDuration(gapSize) };
    }
    case beamlineUrns.windowFn: {
      const { transform } = decodeFunctionPayload(spec.payload);
      const node = graph.transforms.get(transform);
      if (node?.kind === "windowInto") return node.windowing.windowFn;
      throw new BeamlineError(
        "GRAPH_MISMATCH",
        `Cannot find the windows of "${transform}": the pipeline that this worker has built has no such transform; make sure that workers run the bundle that the job was submitted with`,
      );
    }
    default:
      throw new BeamlineError(
        "UNKNOWN_WINDOW_FN",
        `Cannot put elements into windows: this worker does not know ${spec === undefined ? "a window function without a URN" : spec.urn}; a window function of another SDK needs that SDK's environment`,
        { origin: "remote" },
      );
  }
}

function assignerOf(windowFn: WindowFn, graph: Graph): string {
  for (const node of primitivesOf(graph)) {
    if (node.kind !== "windowInto") continue;
    const other = node.windowing.windowFn;
    if (other === windowFn || isSameCustom(other, windowFn)) return node.name;
  }
  throw new BeamlineError(
    "UNKNOWN_WINDOW_FN",
    "Cannot describe windows to a runner: no transform of the pipeline puts elements into them; call window(...) with them",
    { origin: "internal" },
  );
}

function isSameCustom(a: WindowFn, b: WindowFn): boolean {
  return a.kind === "custom" && b.kind === "custom" && a.fn === b.fn;
}
