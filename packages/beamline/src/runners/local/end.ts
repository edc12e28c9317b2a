import type { Times } from "../../engine/times.js";
import { MAX_TIMESTAMP } from "../../model/time.js";

/** When nothing more can come: every window has closed, and nothing is worth waiting for. */
export const END: Times = Object.freeze({
  watermark: MAX_TIMESTAMP,
  processingTime: Number.MAX_SAFE_INTEGER,
});
