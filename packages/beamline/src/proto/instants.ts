import { create } from "@bufbuild/protobuf";
import {
  type Duration,
  DurationSchema,
  type Timestamp,
  TimestampSchema,
} from "@bufbuild/protobuf/wkt";

/** Beam's extreme instants in milliseconds, exact; the doubles nearest to them stand for them. */
export const extremeInstants = {
  minTimestampMillis: -9_223_372_036_854_775n,
  maxTimestampMillis: 9_223_372_036_854_775n,
  globalWindowMaxTimestampMillis: 9_223_371_950_454_775n,
} as const;

const exactByDouble = new Map(
  Object.values(extremeInstants).map((exact) => [Number(exact), exact] as const),
);

/** Milliseconds as an `int64`; Beam's extreme instants come out exact. */
export function exactMillis(millis: number): bigint {
  return exactByDouble.get(millis) ?? BigInt(Math.trunc(millis));
}

export function timestampFromMillis(millis: number): Timestamp {
  return create(TimestampSchema, secondsAndNanos(exactMillis(millis), floorSeconds));
}

/** Anything below a millisecond is cut off. */
export function millisFromTimestamp(timestamp: Timestamp): number {
  return toMillis(timestamp.seconds, timestamp.nanos);
}

export function durationFromMillis(millis: number): Duration {
  return create(DurationSchema, secondsAndNanos(exactMillis(millis), truncateSeconds));
}

/** Anything below a millisecond is cut off. */
export function millisFromDuration(duration: Duration): number {
  return toMillis(duration.seconds, duration.nanos);
}

/** A Timestamp's nanos are never negative: seconds are rounded down. */
function floorSeconds(millis: bigint): bigint {
  const seconds = millis / 1000n;
  return millis < 0n && seconds * 1000n !== millis ? seconds - 1n : seconds;
}

/** A Duration's nanos have the sign of its seconds: seconds are rounded towards zero. */
function truncateSeconds(millis: bigint): bigint {
  return millis / 1000n;
}

function secondsAndNanos(
  millis: bigint,
  round: (millis: bigint) => bigint,
): { seconds: bigint; nanos: number } {
  const seconds = round(millis);
  return { seconds, nanos: Number(millis - seconds * 1000n) * 1_000_000 };
}

function toMillis(seconds: bigint, nanos: number): number {
  return Number(seconds * 1000n + BigInt(Math.trunc(nanos / 1_000_000)));
}
