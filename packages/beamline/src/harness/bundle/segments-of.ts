import type { ElementsData } from "../../proto/elements-codec.js";
import type { Chunk } from "./messages.js";

const NOTHING = new Uint8Array(0);

/**
 * A chunk as segments of a data message. The mark of the end goes apart from the last data: Python's
 * runner takes such a segment for empty.
 */
export function segmentsOf({ instruction, transform, bytes, isLast }: Chunk): ElementsData[] {
  const segment = { instructionId: instruction, transformId: transform };
  if (!isLast) return [{ ...segment, data: bytes, isLast: false }];
  const end = { ...segment, data: NOTHING, isLast: true };
  return bytes.length === 0 ? [end] : [{ ...segment, data: bytes, isLast: false }, end];
}
