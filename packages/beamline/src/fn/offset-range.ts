import type { Coder } from "../coders/coder.js";
import { kv } from "../coders/kv.js";
import { varint } from "../coders/varint.js";
import { BeamlineError } from "../model/errors.js";
import type { Progress, RestrictionSplit, RestrictionTracker } from "./restriction-tracker.js";

/** Positions `[start, end)`: bytes of a file, numbers of a sequence. Non-negative safe integers. */
export type OffsetRange = readonly [start: number, end: number];

/** Two varints: the wire form of {@link OffsetRange}. */
export const offsetRangeCoder: Coder<OffsetRange> = kv(varint, varint) as Coder<OffsetRange>;

/**
 * Cuts a range into parts of nearly equal length, about `parts` of them, none shorter than
 * `minimum` unless the range itself is.
 */
export function splitOffsetRange(
  [start, end]: OffsetRange,
  parts: number,
  minimum: number,
): OffsetRange[] {
  const length = end - start;
  const count = Math.max(1, Math.min(Math.ceil(parts), Math.floor(length / Math.max(1, minimum))));
  return Array.from({ length: count }, (_, i) => [
    start + Math.floor((length * i) / count),
    start + Math.floor((length * (i + 1)) / count),
  ]);
}

/** Tracks offsets that are claimed in growing order. */
export class OffsetRangeTracker implements RestrictionTracker<OffsetRange, number> {
  private readonly start: number;
  private end: number;
  private lastAttempt: number | undefined;

  constructor([start, end]: OffsetRange) {
    this.start = start;
    this.end = end;
  }

  tryClaim(position: number): boolean {
    if (position < this.start || (this.lastAttempt !== undefined && position <= this.lastAttempt)) {
      throw new BeamlineError(
        "CLAIM_OUT_OF_ORDER",
        `Cannot claim offset ${position}: the range starts at ${this.start} and ${this.lastAttempt ?? "nothing"} was claimed last; claim offsets in growing order`,
      );
    }
    this.lastAttempt = position;
    return position < this.end;
  }

  currentRestriction(): OffsetRange {
    return [this.start, this.end];
  }

  trySplit(fraction: number): RestrictionSplit<OffsetRange> | undefined {
    const next = this.lastAttempt === undefined ? this.start : this.lastAttempt + 1;
    const position = next + Math.ceil((this.end - next) * fraction);
    if (next >= this.end || position >= this.end) return undefined;
    const residual: OffsetRange = [position, this.end];
    this.end = position;
    return { primary: [this.start, position], residual };
  }

  progress(): Progress {
    const done = this.lastAttempt === undefined ? this.start : Math.min(this.lastAttempt, this.end);
    return { completed: done - this.start, remaining: this.end - done };
  }

  checkDone(): void {
    if (this.start >= this.end) return;
    if (this.lastAttempt !== undefined && this.lastAttempt >= this.end - 1) return;
    throw new BeamlineError(
      "RESTRICTION_NOT_DONE",
      `Cannot finish the range [${this.start}, ${this.end}): only offsets up to ${this.lastAttempt ?? "none"} were claimed; claim each offset, or one at or past the end, before process() returns`,
    );
  }
}
