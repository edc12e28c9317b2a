import { fromBinary } from "@bufbuild/protobuf";
import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { TimerCoder, timer } from "../../coders/timer.js";
import { wireForm } from "../../coders/wire-form.js";
import type { Step } from "../../exec/stage.js";
import { isStatefulFn } from "../../graph/stateful.js";
import { BeamlineError } from "../../model/errors.js";
import { EXPIRATION_FAMILY, SORTED_INPUT } from "../../model/state-scope.js";
import type { TimeDomain } from "../../model/time-domain.js";
import type { ProcessBundleDescriptor } from "../../proto/gen/fn-execution/control_pb.js";
import type { PTransform } from "../../proto/gen/pipeline/pipeline_pb.js";
import { ParDoPayloadSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import type { DescriptorCoders } from "./descriptor-coders.js";
import type { FamilyPort } from "./user-state/fn-api-timers.js";

/** Whether a step keeps state or sets timers. */
export function isStatefulStep({ operation }: Step): boolean {
  return operation.kind === "parDo" && isStatefulFn(operation.fn);
}

/** The timer families of a stateful transform. */
export function familiesOf(
  id: string,
  step: Step,
  { spec }: PTransform,
  descriptor: ProcessBundleDescriptor,
  coders: DescriptorCoders,
): FamilyPort[] {
  const payload = fromBinary(ParDoPayloadSchema, spec?.payload ?? new Uint8Array(0));
  return Object.entries(payload.timerFamilySpecs).map(([family, { timerFamilyCoderId }]) => {
    const declared: unknown = coders.coder(descriptor, timerFamilyCoderId);
    if (!(declared instanceof TimerCoder)) throw notATimerCoder(descriptor.id, id, family);
    const keyCoder = keyCoderOf(step);
    return {
      transform: id,
      step: step.name,
      family,
      domain: domainOf(step, family),
      // What is declared calls keys that only we can read bytes.
      coder: timer(wireForm(keyCoder), declared.window),
      keyCoder,
      windowing: step.windowing,
      isOwn:
        family === SORTED_INPUT ||
        (family === EXPIRATION_FAMILY && payload.onWindowExpirationTimerFamilySpec !== family),
    };
  });
}

function keyCoderOf({ inputCoder }: Step): Coder<unknown> {
  return inputCoder?.components[0] ?? js;
}

function domainOf({ operation }: Step, family: string): TimeDomain {
  if (family === EXPIRATION_FAMILY || family === SORTED_INPUT) return "event-time";
  const timers =
    operation.kind === "parDo" && operation.fn.kind === "doFn"
      ? (operation.fn.signature?.timers ?? [])
      : [];
  return timers.find(({ name }) => name === family)?.domain ?? "event-time";
}

function notATimerCoder(stage: string, transform: string, family: string): BeamlineError {
  return new BeamlineError(
    "BAD_DESCRIPTOR",
    `Cannot run the stage ${stage}: the coder of the timers "${family}" of "${transform}" is none of timers; check the runner's version`,
    { origin: "remote" },
  );
}
