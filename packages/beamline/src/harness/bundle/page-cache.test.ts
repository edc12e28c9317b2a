import { describe, expect, test } from "vitest";
import { PageCache } from "./page-cache.js";
import type { StatePage } from "./state-access.js";

/** State of these pages, and how often one was asked for. */
function stateOf(pages: readonly string[]) {
  const state = {
    fetches: 0,
    fetch: (continuation: Uint8Array): StatePage => {
      state.fetches++;
      const at = Number(Buffer.from(continuation).toString() || "0");
      const next = at + 1 < pages.length ? String(at + 1) : "";
      return { bytes: Buffer.from(pages[at] ?? ""), next: Buffer.from(next) };
    },
  };
  return state;
}

function read(cache: PageCache, id: string, scope: string, state: ReturnType<typeof stateOf>) {
  return [...cache.pages(id, scope, state.fetch)].map((page) => Buffer.from(page).toString());
}

describe("PageCache", () => {
  test("fetches each page once while its scope is valid", () => {
    const cache = new PageCache();
    const state = stateOf(["a", "b", "c"]);
    expect(read(cache, "x", "s", state)).toEqual(["a", "b", "c"]);
    expect(read(cache, "x", "s", state)).toEqual(["a", "b", "c"]);
    cache.retain(new Set(["s"]));
    expect(read(cache, "x", "s", state)).toEqual(["a", "b", "c"]);
    expect(state.fetches).toBe(3);
    cache.retain(new Set(["t"]));
    expect(read(cache, "x", "t", state)).toEqual(["a", "b", "c"]);
    expect(state.fetches).toBe(6);
  });

  test("goes on where an iteration has stopped, in the same bundle only", () => {
    const cache = new PageCache();
    const state = stateOf(["a", "b", "c"]);
    for (const page of cache.pages("x", "s", state.fetch)) {
      if (Buffer.from(page).toString() === "b") break;
    }
    expect(state.fetches).toBe(2);
    expect(read(cache, "x", "s", state)).toEqual(["a", "b", "c"]);
    expect(state.fetches).toBe(3);
    for (const _ of cache.pages("y", "s", state.fetch)) break;
    cache.retain(new Set(["s"]));
    expect(cache.has("x")).toBe(true);
    expect(cache.has("y")).toBe(false);
  });

  test("gives two iterations at once the same pages", () => {
    const cache = new PageCache();
    const state = stateOf(["a", "b"]);
    const [first, second] = [1, 2].map(() => cache.pages("x", "s", state.fetch)[Symbol.iterator]());
    const seen = [first?.next(), second?.next(), first?.next(), second?.next(), first?.next()];
    expect(seen.map((each) => each?.value && Buffer.from(each.value).toString())).toEqual([
      "a",
      "a",
      "b",
      "b",
      undefined,
    ]);
  });

  test("forgets what was used least recently when there is too much", () => {
    const cache = new PageCache(10);
    const state = stateOf(["12345"]);
    for (const id of ["x", "y", "x", "z"]) read(cache, id, "s", state);
    expect(["x", "y", "z"].map((id) => cache.has(id))).toEqual([true, false, true]);
  });

  test("keeps only the beginning of what is too large, and reads the rest anew", () => {
    const cache = new PageCache(10);
    const state = stateOf(["123", "456", "789"]);
    expect(read(cache, "x", "s", state)).toEqual(["123", "456", "789"]);
    expect(read(cache, "x", "s", state)).toEqual(["123", "456", "789"]);
    expect(state.fetches).toBe(5);
  });
});
