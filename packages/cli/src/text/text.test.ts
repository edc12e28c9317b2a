import { expect, test } from "vitest";
import { eitherOf, formatInteger, kebabCase } from "./names.js";
import { editDistance, nearest } from "./nearest.js";
import { columns, wrap } from "./wrap.js";

test("nearest finds a name with a typo, a swap or another case", () => {
  const names = ["input", "output", "workers"];
  expect(nearest("wrokers", names)).toBe("workers");
  expect(nearest("Ouput", names)).toBe("output");
  expect(nearest("imput", names)).toBe("input");
});

test("nearest completes an unambiguous start and else gives nothing", () => {
  expect(nearest("strict", ["strict-encoding", "max-attempts"])).toBe("strict-encoding");
  expect(nearest("st", ["strict", "strong"])).toBeUndefined();
  expect(nearest("zzz", ["input", "output"])).toBeUndefined();
});

test("editDistance counts a swap of neighbours as one", () => {
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("run", "rnu")).toBe(1);
  expect(editDistance("kitten", "sitting")).toBe(3);
});

test("kebabCase splits at capitals and keeps abbreviations together", () => {
  expect(kebabCase("maxItems")).toBe("max-items");
  expect(kebabCase("max_items")).toBe("max-items");
  expect(kebabCase("parseURLPath")).toBe("parse-url-path");
  expect(kebabCase("s3Bucket")).toBe("s3-bucket");
});

test("formatInteger groups digits", () => {
  expect([0, 999, 1000, 1234567].map(formatInteger)).toEqual(["0", "999", "1,000", "1,234,567"]);
});

test("eitherOf joins words", () => {
  expect(eitherOf(["a"])).toBe("a");
  expect(eitherOf(["a", "b", "c"])).toBe("a, b or c");
});

test("wrap keeps long words whole and paragraphs apart", () => {
  expect(wrap("one two three\nfour", 8)).toEqual(["one two", "three", "four"]);
  expect(wrap("incomprehensible", 5)).toEqual(["incomprehensible"]);
});

test("columns aligns descriptions and leaves no trailing space", () => {
  expect(
    columns(
      [
        ["--a", "first"],
        ["--long", ""],
      ],
      60,
    ),
  ).toEqual(["  --a     first", "  --long"]);
});
