import { afterEach, describe, expect, test } from "vitest";
import type { Step } from "../../exec/stage.js";
import { sideInputId } from "../../graph/proto/side-inputs-to-proto.js";
import { internalError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { decodeErrorReport } from "../error-report.js";
import { stepId } from "./descriptor-of-stage.js";
import { type HarnessFixture, startHarness } from "./harness-fixture.js";
import { sideInputState } from "./side-input-state.js";
import { fixtureOf, type StageFixture } from "./stage-fixture.js";

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

const PRICES: readonly (readonly [string, number])[] = [
  ["a", 1],
  ["b", 2],
  ["a", 3],
];

/** A stage whose side inputs hold {@link PRICES}, in pages of a few bytes. */
async function start(
  build: (
    words: PCollection<string>,
    prices: PCollection<[string, number]>,
  ) => PCollection<unknown>,
  prices = PRICES,
  pageBytes = 3,
): Promise<{ readonly fixture: StageFixture; readonly harness: HarnessFixture }> {
  const pipeline = new Pipeline("side inputs");
  const words = pipeline.create<string>("Words", []).reshuffle("Begin");
  const { id } = build(words, pipeline.create<[string, number]>("Prices", []));
  const fixture = fixtureOf(pipeline.toGraph(), "Begin", id);
  const harness = await startHarness(fixture, { network: createMemoryNetwork(), address: "" });
  open = harness;
  const steps = new Map(fixture.stage.steps.map((step, i) => [stepId(i), step]));
  const valuesOf = (key: unknown) => prices.filter(([each]) => each === key).map(([, n]) => n);
  const port = {
    open: () => ({
      in: () => ({
        elements: () => prices,
        valuesOf,
        keys: () => new Set(prices.map(([key]) => key)),
      }),
    }),
  };
  harness.runner.sideInputs = sideInputState(steps, port, pageBytes);
  return { fixture, harness };
}

/** Runs a bundle for which the runner gives a cache token for the side input `prices`. */
async function runWithToken(
  { fixture, harness }: Awaited<ReturnType<typeof start>>,
  token: string,
): Promise<unknown[]> {
  const { runner } = harness;
  const index = fixture.stage.steps.findIndex(({ sideInputs }) => sideInputs !== undefined);
  const step: Step | undefined = fixture.stage.steps[index];
  if (step === undefined) throw internalError("No step with side inputs");
  const type = {
    case: "sideInput" as const,
    value: { transformId: stepId(index), sideInputId: sideInputId(step.name, "prices") },
  };
  const instruction = runner.nextId();
  const answer = runner.instruct(
    {
      case: "processBundle",
      value: {
        processBundleDescriptorId: fixture.stage.id,
        cacheTokens: [{ type, token: Buffer.from(token) }],
      },
    },
    instruction,
  );
  const { source: transformId } = fixture;
  const data = fixture.encode(["a", "b", "c"]);
  await runner.send([{ instructionId: instruction, transformId, data, isLast: true }]);
  expect((await answer).error).toBe("");
  const outputs = runner.outputsOf(instruction);
  await runner.until(() => outputs.ended.has(fixture.sink));
  return fixture.decode(outputs.chunks.get(fixture.sink));
}

// In worker threads, which wait for state: test/harness/threads.test.ts.
describe("side inputs over the Fn API", () => {
  test.each([1, 3, 1000])("come in pages of %d bytes", async (pageBytes) => {
    const { harness } = await start(
      (words, prices) =>
        words.map(
          "Look",
          (word, { side }) => [
            word,
            [...side.multi.get(word)],
            [...side.all].length,
            [...side.multi.keys()].join(),
          ],
          { side: { multi: prices.asMultimap(), all: prices.asList() } },
        ),
      PRICES,
      pageBytes,
    );
    expect((await harness.run(["a", "c"])).outputs).toEqual([
      ["a", [1, 3], 3, "a,b"],
      ["c", [], 3, "a,b"],
    ]);
  });

  test("are asked for once a bundle, however many elements there are", async () => {
    const { harness } = await start(
      (words, prices) =>
        words.map("Count", (_, { side }) => [...side.prices].length, {
          side: { prices: prices.asIterable() },
        }),
      PRICES,
      1000,
    );
    await harness.run(Array.from({ length: 50 }, () => "x"));
    expect(harness.runner.stateRequests).toBe(1);
    await harness.run(["x", "y"]);
    expect(harness.runner.stateRequests).toBe(2);
  });

  test.each(["iterable", "multimap"])("are kept as long as the %s has one token", async (kind) => {
    const started = await start(
      (words, prices) =>
        kind === "iterable"
          ? words.map("Count", (_, { side }) => [...side.prices].length, {
              side: { prices: prices.asIterable() },
            })
          : words.map("Count", (word, { side }) => [...side.prices.get(word)].length, {
              side: { prices: prices.asMultimap() },
            }),
      PRICES,
      1000,
    );
    const { runner } = started.harness;
    const expected = kind === "iterable" ? [3, 3, 3] : [2, 1, 0];
    expect(await runWithToken(started, "one")).toEqual(expected);
    const requests = runner.stateRequests;
    expect(await runWithToken(started, "one")).toEqual(expected);
    expect(runner.stateRequests).toBe(requests);
    expect(await runWithToken(started, "two")).toEqual(expected);
    expect(runner.stateRequests).toBe(2 * requests);
  });

  test.each([
    { prices: [], what: "it has no element in this window" },
    { prices: PRICES, what: "it has more than one element in this window" },
  ])("that are no singleton fail with both names: $what", async ({ prices, what }) => {
    const { harness } = await start(
      (words, all) =>
        words.map("Convert", (_, { side }) => side.rate, { side: { rate: all.asSingleton() } }),
      prices,
    );
    const { error } = await harness.run(["a"]);
    expect(decodeErrorReport(error ?? "")?.message).toContain(
      `Cannot read the side input "rate" of "Convert" as a singleton: ${what}`,
    );
  });

  test("that are no map fail with both names", async () => {
    const { harness } = await start((words, prices) =>
      words.map("Look", (word, { side }) => side.map.get(word), { side: { map: prices.asMap() } }),
    );
    expect((await harness.run(["b"])).outputs).toEqual([2]);
    const { error } = await harness.run(["a"]);
    expect(decodeErrorReport(error ?? "")?.message).toContain(
      'Cannot read the side input "map" of "Look" as a map: a key has more than one value',
    );
  });
});
