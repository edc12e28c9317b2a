import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import {
  durationFromMillis,
  exactMillis,
  extremeInstants,
  millisFromDuration,
  millisFromTimestamp,
  timestampFromMillis,
} from "./instants.js";

describe("instants", () => {
  test("timestampFromMillis + never has negative nanos", () => {
    expect(timestampFromMillis(-1)).toMatchObject({ seconds: -1n, nanos: 999_000_000 });
    expect(timestampFromMillis(-1000)).toMatchObject({ seconds: -1n, nanos: 0 });
    expect(timestampFromMillis(1500)).toMatchObject({ seconds: 1n, nanos: 500_000_000 });
  });

  test("durationFromMillis + gives nanos the sign of its seconds", () => {
    expect(durationFromMillis(-1)).toMatchObject({ seconds: 0n, nanos: -1_000_000 });
    expect(durationFromMillis(-1500)).toMatchObject({ seconds: -1n, nanos: -500_000_000 });
  });

  test.each([0, 1, -1, 999, -999, 1_700_000_000_123, -62_135_596_800_000])(
    "%d ms + survives both ways",
    (millis) => {
      expect(millisFromTimestamp(timestampFromMillis(millis))).toBe(millis);
      expect(millisFromDuration(durationFromMillis(millis))).toBe(millis);
    },
  );

  test.each(Object.entries(extremeInstants))("%s + is exact on the wire", (_, exact) => {
    const timestamp = timestampFromMillis(Number(exact));
    const read = fromBinary(TimestampSchema, toBinary(TimestampSchema, timestamp));
    expect(read.seconds * 1000n + BigInt(read.nanos / 1_000_000)).toBe(exact);
    expect(millisFromTimestamp(read)).toBe(Number(exact));
  });

  test("exactMillis + knows the extremes and leaves the rest alone", () => {
    expect(exactMillis(-9_223_372_036_854_776)).toBe(-9_223_372_036_854_775n);
    expect(exactMillis(42)).toBe(42n);
  });
});
