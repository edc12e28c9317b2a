import type { MessageInitShape } from "@bufbuild/protobuf";
import { bytes } from "../../coders/bytes.js";
import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { lengthPrefix } from "../../coders/length-prefix.js";
import { timer } from "../../coders/timer.js";
import { wireForm } from "../../coders/wire-form.js";
import { type DoFnSignature, isStateful } from "../../fn/do-fn-signature.js";
import type { CellSpec } from "../../fn/state/cell-spec.js";
import { EXPIRATION_FAMILY, SORTED_INPUT } from "../../model/state-scope.js";
import type { TimeDomain } from "../../model/time-domain.js";
import type { Window } from "../../model/window.js";
import { functionSpec } from "../../proto/function-spec.js";
import type { StateSpecSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import { TimeDomain_Enum } from "../../proto/gen/pipeline/windowing_pb.js";
import { beamlineUrns, requirementUrns, userStateUrns } from "../../proto/urns.js";
import type { CoderTable } from "./coder-table.js";

type StateSpecInit = MessageInitShape<typeof StateSpecSchema>;

/** What a runner sees to by itself. Where it does not, steps keep elements and set timers for it. */
export interface RunnerDuties {
  /** It calls `onWindowExpiration`. */
  readonly expiresWindows: boolean;
  /** It sorts the input of a DoFn that wants its elements in the order of time. */
  readonly sortsInput: boolean;
}

/** What a stateful DoFn's specs are made with. */
export interface StateTranslation {
  readonly duties: RunnerDuties;
  readonly coders: CoderTable;
  /** Of the keys of its input. */
  readonly keyCoder: Coder<unknown>;
  readonly windowCoder: Coder<Window>;
  /** The payload that leads a worker back to the DoFn. */
  readonly payload: Uint8Array;
}

/** The fields of a ParDoPayload that come from what its DoFn asks for besides elements. */
export function stateSpecsOf(signature: DoFnSignature, how: StateTranslation) {
  const timerCoder = () =>
    how.coders.idOf(timer(wireForm(how.keyCoder, opaque), how.windowCoder) as Coder<unknown>);
  const family = (domain: TimeDomain) => ({
    timeDomain:
      domain === "event-time" ? TimeDomain_Enum.EVENT_TIME : TimeDomain_Enum.PROCESSING_TIME,
    timerFamilyCoderId: timerCoder(),
  });
  const families = signature.timers.map(({ name, domain }) => [name, family(domain)] as const);
  if (signature.onWindowExpiration) families.push([EXPIRATION_FAMILY, family("event-time")]);
  const cells = signature.cells.map(({ name, spec }) => [name, stateSpecOf(spec, how)] as const);
  const { expiresWindows, sortsInput } = how.duties;
  if (signature.requiresTimeSortedInput && !sortsInput) {
    families.push([SORTED_INPUT, family("event-time")]);
    cells.push([SORTED_INPUT, logSpec(how)]);
  }
  return {
    stateSpecs: Object.fromEntries(cells),
    timerFamilySpecs: Object.fromEntries(families),
    requestsFinalization: signature.finalizesBundles,
    requiresTimeSortedInput: signature.requiresTimeSortedInput && sortsInput,
    requiresStableInput: signature.requiresStableInput,
    onWindowExpirationTimerFamilySpec:
      signature.onWindowExpiration && expiresWindows ? EXPIRATION_FAMILY : "",
  };
}

/** Python's runner wants to know every coder in a timer, so that ours are called bytes. */
const opaque = () => lengthPrefix(bytes) as Coder<unknown>;

/** What such a DoFn demands of a runner: stands in `Pipeline.requirements`. */
export function* requirementsOf(
  signature: DoFnSignature,
  { expiresWindows, sortsInput }: RunnerDuties,
): Iterable<string> {
  if (isStateful(signature)) yield requirementUrns.requiresStatefulProcessing;
  if (signature.onWindowExpiration && expiresWindows) {
    yield requirementUrns.requiresOnWindowExpiration;
  }
  if (signature.requiresTimeSortedInput && sortsInput) {
    yield requirementUrns.requiresTimeSortedInput;
  }
  if (signature.requiresStableInput) yield requirementUrns.requiresStableInput;
  if (signature.finalizesBundles) yield requirementUrns.requiresBundleFinalization;
}

/**
 * Runners keep bags of opaque bytes: every one can, and not every one can do more. A worker keeps
 * maps, sets and lists as logs in them.
 */
function stateSpecOf(spec: CellSpec, how: StateTranslation): StateSpecInit {
  const { coders, payload } = how;
  const protocol = functionSpec(userStateUrns.bag);
  switch (spec.kind) {
    case "value": {
      const value = { coderId: coders.idOf(spec.coder) };
      return { spec: { case: "readModifyWriteSpec", value }, protocol };
    }
    case "bag": {
      const value = { elementCoderId: coders.idOf(spec.coder) };
      return { spec: { case: "bagSpec", value }, protocol };
    }
    case "combining": {
      const accumulatorCoderId = coders.idOf(spec.combine.accumulatorCoder ?? js);
      const combineFn = functionSpec(beamlineUrns.combineFn, payload);
      return {
        spec: { case: "combiningSpec", value: { accumulatorCoderId, combineFn } },
        protocol,
      };
    }
    case "map":
    case "set":
    case "orderedList":
      return logSpec(how);
  }
}

function logSpec({ coders }: StateTranslation): StateSpecInit {
  const value = { elementCoderId: coders.idOf(bytes as Coder<unknown>) };
  return { spec: { case: "bagSpec", value }, protocol: functionSpec(userStateUrns.bag) };
}
