import type { Segment } from "../bundle-input.js";
import type { LaneHandle } from "./lane-handle.js";

/** Above this share of other bytes in the same memory, elements are copied out. */
const SLACK = 1.25;

/**
 * Hands input over to a lane.
 *
 * @param isAlone - Nothing else lies in the memory of the segment's bytes that anybody needs.
 */
export function postData(handle: LaneHandle, segment: Segment, isAlone: boolean): void {
  const { instructionId, transformId, timerFamilyId: family, isLast } = segment;
  const bytes = ownBytes(segment.data, isAlone);
  handle.post(
    { kind: "data", instruction: instructionId, transform: transformId, family, bytes, isLast },
    bytes.byteLength === 0 ? [] : [bytes.buffer],
  );
}

/** The bytes in memory that can move to another thread: without a copy where they are alone. */
function ownBytes(data: Uint8Array, isAlone: boolean): Uint8Array<ArrayBuffer> {
  const { buffer } = data;
  const movable = isAlone && buffer.byteLength <= data.length * SLACK;
  if (movable && buffer instanceof ArrayBuffer) {
    return new Uint8Array(buffer, data.byteOffset, data.length);
  }
  return new Uint8Array(data);
}
