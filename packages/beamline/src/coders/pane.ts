import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { NO_FIRING, ONLY_FIRING, type Pane, type PaneTiming } from "../model/pane.js";
import { corruptBytes } from "./coder-errors.js";

const TIMINGS: readonly PaneTiming[] = ["early", "on-time", "late", "unknown"];

/*
 * First byte: bit 0 first, bit 1 last, bits 2-3 timing, high half what follows: nothing (both
 * indices are 0), one varint (both indices are equal, or the pane is early), or two varints.
 */
const FIRST = 1;
const LAST = 2;
const NO_INDEX = 0x00;
const ONE_INDEX = 0x10;
const TWO_INDICES = 0x20;

/** Writes Beam's pane info (`PaneInfoCoder`). */
export function writePane(pane: Pane, out: ByteWriter): void {
  const { timing, index, onTimeIndex } = pane;
  const flags =
    (pane.isFirst ? FIRST : 0) | (pane.isLast ? LAST : 0) | (TIMINGS.indexOf(timing) << 2);
  if (timing === "unknown" || (index === 0 && onTimeIndex === 0)) {
    out.writeByte(flags | NO_INDEX);
  } else if (index === onTimeIndex || timing === "early") {
    out.writeByte(flags | ONE_INDEX);
    out.writeVarint(index);
  } else {
    out.writeByte(flags | TWO_INDICES);
    out.writeVarint(index);
    out.writeVarint(onTimeIndex);
  }
}

/** Reads what {@link writePane} wrote; the usual panes come back as the model's constants. */
export function readPane(input: ByteReader): Pane {
  const head = input.readByte();
  if (head === 0x0f) return NO_FIRING;
  if (head === 0x07) return ONLY_FIRING;
  const timing = TIMINGS[(head >> 2) & 3] as PaneTiming;
  let index = 0;
  let onTimeIndex = timing === "early" ? -1 : 0;
  switch (head & 0xf0) {
    case NO_INDEX:
      break;
    case ONE_INDEX:
      index = input.readVarint();
      if (timing !== "early") onTimeIndex = index;
      break;
    case TWO_INDICES:
      index = input.readVarint();
      onTimeIndex = input.readVarint();
      break;
    default:
      throw corruptBytes("the pane", `its first byte is ${head}`);
  }
  return Object.freeze({
    timing,
    isFirst: (head & FIRST) !== 0,
    isLast: (head & LAST) !== 0,
    index,
    onTimeIndex,
  });
}
