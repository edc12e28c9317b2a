import type { ElementMeta } from "../model/element-meta.js";
import type { Timestamp } from "../model/time.js";

/** What a restriction's `process` call has left to do: an element for the same step. */
export interface Residual {
  /** Unique name of the splittable DoFn's step. */
  readonly step: string;
  /** A sized restriction, in the form that the step takes. */
  readonly value: unknown;
  readonly meta: ElementMeta;
  /** How long to wait before it goes on. 0: at once. */
  readonly resumeAfterMs: number;
  /** No output of it lies before; undefined where the DoFn estimates none: then `meta.timestamp`. */
  readonly watermark: Timestamp | undefined;
}
