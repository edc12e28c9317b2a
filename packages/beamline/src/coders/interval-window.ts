import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { IntervalWindow } from "../model/window.js";
import { AtomicCoder } from "./atomic-coder.js";
import { cannotEncode, corruptBytes } from "./coder-errors.js";
import { exactMillis, readTimestamp, timestampOfMillis, writeTimestamp } from "./timestamp.js";

class IntervalWindowCoder extends AtomicCoder<IntervalWindow> {
  readonly urn = "beam:coder:interval_window:v1";

  encode(window: IntervalWindow, out: ByteWriter): void {
    if (window?.kind !== "interval" || !(window.start <= window.end)) {
      throw cannotEncode(window, "an interval window with start <= end", "intervalWindow");
    }
    const { start, end } = window;
    writeTimestamp(end, out);
    if (
      Number.isSafeInteger(start) &&
      Number.isSafeInteger(end) &&
      Number.isSafeInteger(end - start)
    ) {
      out.writeVarint(end - start);
    } else {
      out.writeVarint64(exactMillis(end) - exactMillis(start));
    }
  }

  decode(input: ByteReader): IntervalWindow {
    const end = readTimestamp(input);
    if (Number.isSafeInteger(end) && startsShortVarint(input)) {
      const span = input.readVarint();
      const start = end - span;
      if (Number.isSafeInteger(start)) return { kind: "interval", start, end };
      return { kind: "interval", start: timestampOfMillis(exactMillis(end) - BigInt(span)), end };
    }
    const span = input.readVarint64();
    if (span < 0n) throw corruptBytes("the window", `its length is ${span} ms`);
    return { kind: "interval", start: timestampOfMillis(exactMillis(end) - span), end };
  }
}

/** Whether the varint that follows has at most seven bytes, and so is below 2^49. */
function startsShortVarint(input: ByteReader): boolean {
  for (let i = 0; i < 7; i++) {
    // Past the buffer's end the comparison is with undefined; reading will throw.
    if (!((input.buffer[input.position + i] as number) >= 0x80)) return true;
  }
  return false;
}

/** Half-open event-time intervals: the end as a timestamp, then the span in milliseconds. */
export const intervalWindow: AtomicCoder<IntervalWindow> = new IntervalWindowCoder();
