const DAY_MS = 86_400_000;
/** The Julian day of 1970-01-01, from which INT96 counts. */
const EPOCH_DAY = 2_440_588n;

export function dateFromDays(days: unknown): Date {
  return new Date((days as number) * DAY_MS);
}

/** What is finer than a millisecond is cut off, towards the past. */
export function dateFromTimestamp(unit: "MILLIS" | "MICROS" | "NANOS"): (raw: unknown) => Date {
  switch (unit) {
    case "MILLIS":
      return (raw) => new Date(Number(raw));
    case "MICROS":
      return (raw) => new Date(Math.floor(Number(raw) / 1000));
    case "NANOS":
      return (raw) => new Date(Number(floorDivide(raw as bigint, 1_000_000n)));
  }
}

/** Days and nanoseconds of the day, as old versions of Impala, Hive and Spark write them. */
export function dateFromInt96(raw: unknown): Date {
  const value = raw as bigint;
  const days = (value >> 64n) - EPOCH_DAY;
  const nanos = BigInt.asUintN(64, value);
  return new Date(Number(days) * DAY_MS + Number(nanos / 1_000_000n));
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}
