import { describe, expect, test } from "vitest";
import { compileGlob, compileKeyGlob, escapeGlob, isGlob } from "./glob.js";

function matches(pattern: string, name: string): boolean {
  return compileGlob(pattern).alternatives.some(({ segments }) => {
    const [segment, second] = segments;
    if (segment === undefined || second !== undefined) return false;
    if (segment.kind === "literal") return segment.text === name;
    return segment.kind === "pattern" && segment.test.test(name);
  });
}

describe("compileGlob reads", () => {
  test.each([
    ["*", "a.txt", true],
    ["*.txt", "a.txt", true],
    ["*.txt", "a.txt.gz", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a?c", "a😀c", true],
    ["[abc].txt", "b.txt", true],
    ["[!abc].txt", "b.txt", false],
    ["[^abc].txt", "d.txt", true],
    ["[0-9][0-9]", "42", true],
    ["[]x]", "]", true],
    ["[-x]", "-", true],
    ["[a\\]]", "]", true],
    ["[a-]", "-", true],
    ["[[]", "[", true],
    ["[\\^a]", "^", true],
    ["x[", "x[", true],
    ["{a,b}.txt", "b.txt", true],
    ["{a,b}.txt", "c.txt", false],
    ["{a,{b,c}d}*", "cdx", true],
    ["x{,y}", "x", true],
    ["x{,y}", "xy", true],
    ["{a}{b,c}", "{a}c", true],
    ["{a,b", "{a,b", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["\\{a,b\\}", "{a,b}", true],
    ["a.c", "abc", false],
    ["(a|b)+$", "(a|b)+$", true],
    ["a**b", "axyb", true],
    ["*\nx", "a\nx", true],
  ])("%j against %j as %s", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  test("slashes within braces as folders", () => {
    const { alternatives } = compileGlob("{a/x,/b}/*.txt");
    expect(alternatives.map(({ absolute, segments }) => [absolute, segments.length])).toEqual([
      [false, 3],
      [true, 2],
    ]);
  });
});

test("compileGlob refuses a set that runs backwards", () => {
  expect(() => compileGlob("[z-a]")).toThrow(expect.objectContaining({ code: "BAD_GLOB" }));
});

test("compileGlob refuses braces without bound", () => {
  expect(() => compileGlob("{a,b}".repeat(40))).toThrow(
    expect.objectContaining({ code: "BAD_GLOB" }),
  );
});

test("escapeGlob makes a glob that matches only the path itself", () => {
  const path = "a*b?[c]{d,e}\\f";
  expect(matches(escapeGlob(path), path)).toBe(true);
  expect(matches(escapeGlob("a*"), "ab")).toBe(false);
});

test("isGlob tells plain paths from patterns", () => {
  expect(isGlob("/data/2024-01.log")).toBe(false);
  expect(["*", "a?", "[a]", "{a,b}", "\\a"].every(isGlob)).toBe(true);
});

describe("compileKeyGlob", () => {
  test("keeps what separates keys that are the same path", () => {
    const [one] = compileKeyGlob("a//./b*").alternatives;
    expect(one?.segments.map((segment) => segment.kind === "literal" && segment.text)).toEqual([
      "a",
      "",
      ".",
      false,
    ]);
  });

  test.each([
    ["part-*", "part-"],
    ["*", ""],
    ["a\\*b?c", "a*b"],
    ["x[yz]", "x"],
  ])("knows what each match of %s begins with", (pattern, start) => {
    const segment = compileKeyGlob(pattern).alternatives[0]?.segments[0];
    expect(segment?.kind === "pattern" && segment.start).toBe(start);
  });
});
