import type { Trigger } from "./trigger.js";

/**
 * What triggers the next grouping below one with `trigger`: it passes panes on as they come, and
 * keeps what depends on the window's end (`Trigger.getContinuationTrigger`).
 */
export function continuationOf(trigger: Trigger): Trigger {
  switch (trigger.kind) {
    case "default":
    case "never":
    case "always":
    case "afterSynchronizedProcessingTime":
      return trigger;
    case "afterCount":
      return { kind: "afterCount", count: 1 };
    case "afterProcessingTime":
      return { kind: "afterSynchronizedProcessingTime" };
    case "afterWatermark":
      return {
        kind: "afterWatermark",
        ...(trigger.early === undefined ? {} : { early: continuationOf(trigger.early) }),
        ...(trigger.late === undefined ? {} : { late: continuationOf(trigger.late) }),
      };
    case "repeatedly":
      return { kind: "repeatedly", trigger: continuationOf(trigger.trigger) };
    case "afterFirst":
    case "afterAll":
      return { kind: trigger.kind, triggers: trigger.triggers.map(continuationOf) };
    case "afterEach": {
      const triggers = trigger.triggers.map(continuationOf);
      return { kind: "repeatedly", trigger: { kind: "afterFirst", triggers } };
    }
    case "orFinally": {
      const main = continuationOf(trigger.main);
      const until = continuationOf(trigger.finally);
      return { kind: "repeatedly", trigger: { kind: "orFinally", main, finally: until } };
    }
  }
}
