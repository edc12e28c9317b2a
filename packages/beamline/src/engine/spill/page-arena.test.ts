import { expect, test } from "vitest";
import { COMMITTED, PageArena } from "./page-arena.js";

test("PageArena.take gives each page once, until there is none", () => {
  const arena = PageArena.make(3, 16);
  expect([arena.take(2), arena.take(2), arena.take(3), arena.take(3)]).toEqual([
    0,
    1,
    2,
    undefined,
  ]);
  arena.free(1);
  expect(arena.take(4)).toBe(1);
  expect(arena.taken).toBe(3);
});

test("PageArena.view is the same memory in an arena made of the parts", () => {
  const arena = PageArena.make(2, 16);
  const page = arena.take(2) ?? 0;
  arena.view(page, 5).write("pages");
  const other = new PageArena(structuredClone(arena.parts));
  expect(other.view(page, 5).toString()).toBe("pages");
  expect(other.take(3)).toBe(1);
  expect(() => arena.view(page, 17)).toThrow("A page is smaller than its block");
});

test("PageArena.reclaim frees what a dead owner had, and not what it had handed over", () => {
  const arena = PageArena.make(4, 16);
  const [committed = 0] = [arena.take(2), arena.take(2), arena.take(3)];
  arena.hand(committed, COMMITTED);
  arena.reclaim(2);
  expect(arena.taken).toBe(2);
  expect(arena.take(4)).toBe(1);
});
