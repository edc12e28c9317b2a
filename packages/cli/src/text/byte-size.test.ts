import { expect, test } from "vitest";
import { parseByteSize } from "./byte-size.js";

test.each([
  ["1048576", 2 ** 20],
  ["0", 0],
  ["1GiB", 2 ** 30],
  ["1gib", 2 ** 30],
  ["1G", 2 ** 30],
  ["500MB", 500e6],
  ["500 MB", 500e6],
  ["1.5g", 1.5 * 2 ** 30],
  [" 64MiB ", 64 * 2 ** 20],
])("parseByteSize reads %j", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each(["", "GiB", "-1GiB", "1 potato", "1e9", "half", "1GiB2", "99999999TiB"])(
  "parseByteSize refuses %j",
  (text) => {
    expect(parseByteSize(text)).toBeUndefined();
  },
);
