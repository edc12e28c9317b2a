import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { BeamlineError } from "../../model/errors.js";
import {
  type TimestampTransform as TransformProto,
  type Trigger as TriggerProto,
  TriggerSchema,
} from "../../proto/gen/pipeline/windowing_pb.js";
import type { TimestampTransform, Trigger } from "../../windowing/trigger.js";

type TriggerInit = MessageInitShape<typeof TriggerSchema>;

export function triggerToProto(trigger: Trigger): TriggerProto {
  return create(TriggerSchema, initOf(trigger));
}

function initOf(trigger: Trigger): TriggerInit {
  switch (trigger.kind) {
    case "default":
      return { trigger: { case: "default", value: {} } };
    case "never":
      return { trigger: { case: "never", value: {} } };
    case "always":
      return { trigger: { case: "always", value: {} } };
    case "afterSynchronizedProcessingTime":
      return { trigger: { case: "afterSynchronizedProcessingTime", value: {} } };
    case "afterWatermark": {
      // A runner takes early firings without which there are none as a trigger that never fires.
      const value = {
        ...(trigger.early === undefined ? {} : { earlyFirings: initOf(trigger.early) }),
        ...(trigger.late === undefined ? {} : { lateFirings: initOf(trigger.late) }),
      };
      return { trigger: { case: "afterEndOfWindow", value } };
    }
    case "afterProcessingTime": {
      const timestampTransforms = trigger.transforms.map(transformInit);
      return { trigger: { case: "afterProcessingTime", value: { timestampTransforms } } };
    }
    case "afterCount":
      return { trigger: { case: "elementCount", value: { elementCount: trigger.count } } };
    case "repeatedly":
      return { trigger: { case: "repeat", value: { subtrigger: initOf(trigger.trigger) } } };
    case "afterEach":
      return {
        trigger: { case: "afterEach", value: { subtriggers: trigger.triggers.map(initOf) } },
      };
    case "afterFirst":
      return {
        trigger: { case: "afterAny", value: { subtriggers: trigger.triggers.map(initOf) } },
      };
    case "afterAll":
      return {
        trigger: { case: "afterAll", value: { subtriggers: trigger.triggers.map(initOf) } },
      };
    case "orFinally": {
      const value = { main: initOf(trigger.main), finally: initOf(trigger.finally) };
      return { trigger: { case: "orFinally", value } };
    }
  }
}

function transformInit(transform: TimestampTransform) {
  return transform.kind === "delay"
    ? {
        timestampTransform: {
          case: "delay" as const,
          value: { delayMillis: BigInt(transform.by) },
        },
      }
    : {
        timestampTransform: {
          case: "alignTo" as const,
          value: { period: BigInt(transform.period), offset: BigInt(transform.offset) },
        },
      };
}

function transformsFromProto({ timestampTransform }: TransformProto): TimestampTransform[] {
  switch (timestampTransform.case) {
    case "delay":
      return [{ kind: "delay", by: Number(timestampTransform.value.delayMillis) }];
    case "alignTo": {
      const { period, offset } = timestampTransform.value;
      return [{ kind: "align", period: Number(period), offset: Number(offset) }];
    }
    default:
      return [];
  }
}

export function triggerFromProto(proto: TriggerProto | undefined): Trigger {
  const trigger = proto?.trigger;
  const several = (protos: readonly TriggerProto[]) => protos.map(triggerFromProto);
  switch (trigger?.case) {
    case "default":
    case "never":
    case "always":
    case "afterSynchronizedProcessingTime":
      return { kind: trigger.case };
    case "afterEndOfWindow": {
      const { earlyFirings, lateFirings } = trigger.value;
      return {
        kind: "afterWatermark",
        ...(earlyFirings === undefined ? {} : { early: triggerFromProto(earlyFirings) }),
        ...(lateFirings === undefined ? {} : { late: triggerFromProto(lateFirings) }),
      };
    }
    case "afterProcessingTime":
      return {
        kind: "afterProcessingTime",
        transforms: trigger.value.timestampTransforms.flatMap(transformsFromProto),
      };
    case "elementCount":
      return { kind: "afterCount", count: trigger.value.elementCount };
    case "repeat":
      return { kind: "repeatedly", trigger: triggerFromProto(trigger.value.subtrigger) };
    case "afterEach":
      return { kind: "afterEach", triggers: several(trigger.value.subtriggers) };
    case "afterAny":
      return { kind: "afterFirst", triggers: several(trigger.value.subtriggers) };
    case "afterAll":
      return { kind: "afterAll", triggers: several(trigger.value.subtriggers) };
    case "orFinally": {
      const { main, finally: until } = trigger.value;
      return { kind: "orFinally", main: triggerFromProto(main), finally: triggerFromProto(until) };
    }
    default:
      throw new BeamlineError(
        "UNKNOWN_TRIGGER",
        "Cannot read a windowing strategy: it has no trigger that this version knows; check who wrote the pipeline",
        { origin: "remote" },
      );
  }
}
