import { expect, test } from "vitest";
import { dateFormatter, parseBigint, parseDate, parseNumber } from "./text-values.js";

/** Dates of all times and lengths, those of the epoch's days and of leap days more often. */
function* dates(): Generator<Date> {
  for (const year of [
    -271820, -1, 0, 99, 100, 1969, 1970, 2000, 2023, 2024, 9999, 10_000, 275_759,
  ]) {
    for (const [month, day] of [
      [0, 1],
      [1, 28],
      [1, 29],
      [11, 31],
    ] as const) {
      for (const time of [0, 1, 999, 59_999, 3_599_999, 86_399_999]) {
        const date = new Date(time);
        date.setUTCFullYear(year, month, day);
        yield date;
      }
    }
  }
}

test("dateFormatter writes what toISOString writes, and parseDate reads it", () => {
  const format = dateFormatter();
  for (const date of dates()) {
    expect(format(date)).toBe(date.toISOString());
    expect(parseDate(date.toISOString())).toEqual(date);
  }
});

test.each([
  ["2024-05-01", "2024-05-01T00:00:00.000Z"],
  ["2024-05-01T10:20:30Z", "2024-05-01T10:20:30.000Z"],
  ["2024-05-01T10:20:30", "2024-05-01T10:20:30.000Z"],
  ["2024-05-01 10:20", "2024-05-01T10:20:00.000Z"],
  ["2024-05-01 10:20:30,5+02", "2024-05-01T08:20:30.500Z"],
  ["2024-05-01t10:20:30.123456-0130", "2024-05-01T11:50:30.123Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
])("parseDate reads %j", (text, expected) => {
  expect(parseDate(text)?.toISOString()).toBe(expected);
});

test.each([
  "",
  "2024",
  "2024-05",
  "2023-02-29",
  "2024-06-31",
  "2024-13-01",
  "2024-05-01T25:00:00Z",
  "2024-05-01T10:60:00Z",
  "2024-05-01T10:00:00.0000",
  "05/01/2024",
  "2024-5-1",
  "2024-05-01Z",
  "soon",
])("parseDate takes %j for no date", (text) => {
  const date = parseDate(text);
  // What has a time and no zone is read in UTC, and nothing else is read at all.
  if (text === "2024-05-01T10:00:00.0000") expect(date?.getTime()).toBe(Date.UTC(2024, 4, 1, 10));
  else expect(date).toBeUndefined();
});

test("parseNumber reads decimal numbers alone", () => {
  const texts = ["0", "-0", " 7 ", "1e3", ".5", "-1.5E-2", "Infinity"];
  expect(texts.map(parseNumber)).toEqual([0, -0, 7, 1000, 0.5, -0.015, Number.POSITIVE_INFINITY]);
  const others = ["", " ", "0x10", " 0b1", "-0o7", "1,5", "1_000", "seven", "nan", "1n"];
  expect(others.map(parseNumber)).toEqual(others.map(() => undefined));
});

test("parseBigint reads what fits into 64 bits", () => {
  expect(["7", "-8", "+9", "9223372036854775807"].map(parseBigint)).toEqual([
    7n,
    -8n,
    9n,
    2n ** 63n - 1n,
  ]);
  const others = ["", "1.0", "1e3", "9223372036854775808", "0x1", " 1"];
  expect(others.map(parseBigint)).toEqual(others.map(() => undefined));
});
