import type { Trigger } from "./trigger.js";
import type { WindowFn } from "./window-fn.js";

/** The windows as people write them, for errors. */
export function describeWindowFn(windowFn: WindowFn): string {
  switch (windowFn.kind) {
    case "global":
      return "globalWindows()";
    case "fixed":
      return windowFn.offset === 0
        ? `fixedWindows(${windowFn.size})`
        : `fixedWindows(${windowFn.size}, { offset: ${windowFn.offset} })`;
    case "sliding": {
      const offset = windowFn.offset === 0 ? "" : `, offset: ${windowFn.offset}`;
      return `slidingWindows({ size: ${windowFn.size}, every: ${windowFn.period}${offset} })`;
    }
    case "sessions":
      return `sessions(${windowFn.gap})`;
    case "calendar": {
      const verb = { days: "Days", months: "Months", years: "Years" }[windowFn.unit];
      return `calendar${verb}({ count: ${windowFn.count}, timeZone: "${windowFn.timeZone}" })`;
    }
    case "custom":
      return `customWindows("${windowFn.fn.name}")`;
  }
}

/** The trigger as people write it, for errors. */
export function describeTrigger(trigger: Trigger): string {
  const all = (triggers: readonly Trigger[]) => triggers.map(describeTrigger).join(", ");
  switch (trigger.kind) {
    case "default":
      return "defaultTrigger()";
    case "never":
      return "never()";
    case "always":
      return "always";
    case "afterWatermark": {
      const parts = [
        ...(trigger.early === undefined ? [] : [`early: ${describeTrigger(trigger.early)}`]),
        ...(trigger.late === undefined ? [] : [`late: ${describeTrigger(trigger.late)}`]),
      ];
      return parts.length === 0 ? "afterWatermark()" : `afterWatermark({ ${parts.join(", ")} })`;
    }
    case "afterProcessingTime": {
      const parts = trigger.transforms.map((transform) =>
        transform.kind === "delay" ? `delay: ${transform.by}` : `alignTo: ${transform.period}`,
      );
      return parts.length === 0
        ? "afterProcessingTime()"
        : `afterProcessingTime({ ${parts.join(", ")} })`;
    }
    case "afterSynchronizedProcessingTime":
      return "afterSynchronizedProcessingTime";
    case "afterCount":
      return `afterCount(${trigger.count})`;
    case "repeatedly":
      return `repeatedly(${describeTrigger(trigger.trigger)})`;
    case "afterEach":
    case "afterFirst":
    case "afterAll":
      return `${trigger.kind}(${all(trigger.triggers)})`;
    case "orFinally":
      return `orFinally(${describeTrigger(trigger.main)}, ${describeTrigger(trigger.finally)})`;
  }
}
