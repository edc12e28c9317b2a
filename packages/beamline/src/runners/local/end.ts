import { MAX_TIMESTAMP } from "../../model/time.js";
import type { BundleTimes } from "./bundle-work.js";

/** When nothing more can come: every window has closed, and nothing is worth waiting for. */
export const END: BundleTimes = Object.freeze({
  watermark: MAX_TIMESTAMP,
  processingTime: Number.MAX_SAFE_INTEGER,
});
