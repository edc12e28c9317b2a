import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collect } from "beamline/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nexmarkQueries } from "./queries/index.js";
import { allEvents, expectedResults } from "./reference.js";
import { nexmarkEvents } from "./source.js";

const GENERATOR = { start: Date.UTC(2015, 6, 15), rate: 100 };
const EVENTS = 6000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "beamline-nexmark-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Values in an order of their own, so that two bags of them can be compared. */
function sorted(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}

describe.each([
  { mode: "as a batch", streaming: false },
  { mode: "as a stream", streaming: true },
])("Nexmark $mode", ({ streaming }) => {
  const run = (query: number, into = folder) =>
    collect((p) => {
      const events = p.apply(nexmarkEvents({ ...GENERATOR, events: EVENTS, streaming }));
      const applied = nexmarkQueries(into)[query];
      if (applied === undefined) throw new Error(`There is no query ${query}`);
      return events.apply(`Query${query}`, applied);
    });
  const events = allEvents(EVENTS, GENERATOR);

  test.each([0, 1, 2, 3, 4, 5, 7, 8, 9, 11])(
    "query %d gives what plain loops give",
    async (query) => {
      expect(sorted(await run(query))).toEqual(sorted(expectedResults(query, events)));
    },
    30_000,
  );

  test("query 6 gives a result for every sale, the last ten sales of each seller among them", async () => {
    const results = (await run(6)) as [number, number][];
    const sales = expectedResults(9, events);
    expect(results).toHaveLength(sales.length);
    expect(sorted(results)).toEqual(expect.arrayContaining(sorted(expectedResults(6, events))));
  }, 30_000);

  test("query 10 writes every event into one of its files", async () => {
    const own = join(folder, streaming ? "stream" : "batch");
    const files = (await run(10, own)) as { path: string; events: number }[];
    expect(files.map(({ path }) => path).sort()).toEqual(
      (await readdir(own)).map((name) => join(own, name)).sort(),
    );
    const texts = await Promise.all(files.map(({ path }) => readFile(path, "utf8")));
    const lines = texts.flatMap((text) => text.split("\n").slice(0, -1));
    expect(lines.sort()).toEqual(sorted(events));
  }, 30_000);

  test("query 12 counts every bid once, whenever the clock strikes", async () => {
    const counts = new Map<number, number>();
    for (const [bidder, bids] of (await run(12)) as [number, number][]) {
      counts.set(bidder, (counts.get(bidder) ?? 0) + bids);
    }
    expect(sorted([...counts])).toEqual(sorted(expectedResults(12, events)));
  }, 30_000);
});
