import type { BufferLimits } from "./transport.js";

const DEFAULT_BYTES = 4 * 1024 * 1024;

/** The limits with their defaults filled in. */
export function resolveLimits(limits: BufferLimits): Required<BufferLimits> {
  return {
    sendBufferBytes: limits.sendBufferBytes ?? DEFAULT_BYTES,
    receiveBufferBytes: limits.receiveBufferBytes ?? DEFAULT_BYTES,
  };
}
