import { afterEach, describe, expect, test } from "vitest";
import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { globalWindow } from "../../coders/global-window.js";
import { kv } from "../../coders/kv.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { type SetTimer, type Timer, timer } from "../../coders/timer.js";
import { varint } from "../../coders/varint.js";
import { sum } from "../../combiners/sum.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { GLOBAL_WINDOW, type Window } from "../../model/window.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { grpcNetwork } from "../../transport/grpc/grpc-network.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { decodeErrorReport } from "../error-report.js";
import { type HarnessFixture, startHarness } from "./harness-fixture.js";
import { fixtureOf, type StageFixture } from "./stage-fixture.js";
import { timersId } from "./test-runner.js";
import { userStateInMemory } from "./user-state-server.js";

type Pair = [string, number];

const TIMERS = timer(stringUtf8, globalWindow as Coder<unknown> as Coder<Window>);

class Everything extends DoFn<Pair, string> {
  readonly value = this.valueState(varint);
  readonly bag = this.bagState(varint);
  readonly total = this.combiningState(sum());
  readonly map = this.mapState<string, number>();
  readonly set = this.setState(varint);
  readonly list = this.orderedListState(varint);
  readonly event = this.eventTimer((ctx) => {
    ctx.output(`event ${ctx.key} ${ctx.tag} at ${ctx.fireTimestamp}: ${this.bag.read().join()}`);
    this.bag.clear();
    this.event.set(ctx.fireTimestamp + 5, { outputTimestamp: ctx.fireTimestamp });
  });
  readonly clock = this.processingTimer((ctx) => ctx.output(`clock ${ctx.key}`));

  override process([key, n]: Pair, ctx: ProcessContext<string>): string[] {
    if (n < 0) {
      for (const cell of [this.value, this.bag, this.total]) cell.clear();
      for (const cell of [this.map, this.set, this.list]) cell.clear();
      this.event.clear("odd");
      return [`cleared ${key}`];
    }
    this.value.write((this.value.read() ?? 0) + n);
    this.bag.add(n);
    this.total.add(n);
    this.map.set(n % 2 === 0 ? "even" : "odd", n);
    if (n === 3) this.map.delete("even");
    this.set.add(n % 3);
    this.list.add(-n, n);
    if (n === 4) this.list.clearRange({ from: -1 });
    this.event.set(10 + n, n % 2 === 0 ? {} : { tag: "odd" });
    if (n === 1) this.clock.setIn(1000);
    ctx.counter("seen").inc();
    return [
      [
        key,
        this.value.read(),
        this.bag.read().join(),
        this.total.read(),
        [...this.map.entries()].sort().join(),
        [...this.set.read()].sort().join(),
        this.list
          .read()
          .map(({ value }) => value)
          .join(),
      ].join(" | "),
    ];
  }
}

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

async function start(
  make: () => DoFn<Pair, string>,
  network = createMemoryNetwork(),
  address = "",
): Promise<HarnessFixture & { readonly stage: StageFixture }> {
  const pipeline = new Pipeline("stateful");
  const { id } = pipeline
    .create<Pair>([], { coder: kv(stringUtf8, varint) as Coder<Pair> })
    .parDo("Step", make);
  const stage = fixtureOf(pipeline.toGraph(), "Step", id);
  const harness = await startHarness(stage, { network, address });
  open = harness;
  return { ...harness, stage };
}

/** Runs a bundle of elements and timers; gives its outputs and the timers that it set or cleared. */
async function run(
  { runner, begin, stage }: HarnessFixture & { readonly stage: StageFixture },
  elements: readonly Pair[],
  timers: Readonly<Record<string, readonly SetTimer<string>[]>> = {},
  cacheToken = "",
) {
  const families = ["event", "clock"];
  const bundle = begin(cacheToken);
  const { instruction: instructionId } = bundle;
  for (const family of families) {
    const out = new ByteWriter(64);
    for (const each of timers[family] ?? []) TIMERS.encode(each, out);
    const segment = { instructionId, transformId: "step0", timerFamilyId: family };
    await runner.send([], [{ ...segment, timers: out.toBytes(), isLast: true }]);
  }
  await bundle.send(elements, true);
  const { error, response } = await bundle.answer;
  if (error !== "") throw new Error(decodeErrorReport(error)?.message ?? error);
  const values = await bundle.outputs();
  const outputs = runner.outputsOf(instructionId);
  await runner.until(() => outputs.timersEnded.size === families.length);
  const timersOf = (family: string): Timer<string>[] => {
    const bytes = Buffer.concat(outputs.timers.get(timersId("step0", family)) ?? []);
    const reader = new ByteReader(bytes);
    const found: Timer<string>[] = [];
    while (reader.remaining > 0) found.push(TIMERS.decode(reader));
    return found;
  };
  const set = { event: timersOf("event"), clock: timersOf("clock") };
  expect(stage.sink).toContain("Step");
  return { values, set, response };
}

describe.each([
  { transport: "memory", network: createMemoryNetwork(), address: "" },
  { transport: "gRPC", network: grpcNetwork, address: "localhost:0" },
])("user state over $transport", ({ network, address }) => {
  test("lies with the runner, key by key, whatever its kind", async () => {
    const harness = await start(() => new Everything(), network, address);
    expect(
      (
        await run(harness, [
          ["a", 1],
          ["b", 2],
          ["a", 3],
        ])
      ).values,
    ).toEqual([
      "a | 1 | 1 | 1 | odd,1 | 1 | 1",
      "b | 2 | 2 | 2 | even,2 | 2 | 2",
      "a | 4 | 1,3 | 4 | odd,3 | 0,1 | 3,1",
    ]);
    expect(
      (
        await run(harness, [
          ["a", 4],
          ["b", 3],
        ])
      ).values,
    ).toEqual([
      "a | 8 | 1,3,4 | 8 | even,4,odd,3 | 0,1 | 4,3",
      "b | 5 | 2,3 | 5 | odd,3 | 0,2 | 3,2",
    ]);
    expect((await run(harness, [["a", -1]])).values).toEqual(["cleared a"]);
    expect((await run(harness, [["a", 5]])).values).toEqual(["a | 5 | 5 | 5 | odd,5 | 2 | 5"]);
  });
});

describe("user state", () => {
  test("logs of maps and lists are written anew before they are mostly waste", async () => {
    const harness = await start(() => new Everything());
    const cleared: string[] = [];
    const bags = userStateInMemory(1 << 20);
    harness.runner.userState = (key, request) => {
      if (request.case === "clear") cleared.push(key.userStateId);
      return bags(key, request);
    };
    for (let n = 1; n <= 25; n++) await run(harness, [["k", 2 * n]]);
    // The map has one key, the set three, all that is written to the list stays.
    expect(cleared.filter((cell) => cell === "map")).toHaveLength(1);
    expect(cleared.filter((cell) => cell === "list")).toHaveLength(0);
  });

  test("is kept under the runner's cache token, and asked for anew under another", async () => {
    const harness = await start(() => new Everything());
    const { runner } = harness;
    const bags = userStateInMemory(1 << 20);
    let reads = 0;
    runner.userState = (key, request) => {
      if (request.case === "get") reads++;
      return bags(key, request);
    };
    const readsOf = async (token: string, pairs: readonly Pair[]) => {
      const before = reads;
      const { values } = await run(harness, pairs, {}, token);
      return [reads - before, values.length];
    };
    expect(await readsOf("one", [["a", 1]])).toEqual([6, 1]);
    expect(await readsOf("one", [["a", 2]])).toEqual([0, 1]);
    expect(await readsOf("one", [["b", 2]])).toEqual([6, 1]);
    expect(await readsOf("two", [["a", 3]])).toEqual([6, 1]);
    const { values } = await run(harness, [["a", 5]], {}, "two");
    expect(values[0]).toContain("a | 11 | 1,2,3,5 | 11 | odd,5 |");
    expect(await readsOf("", [["a", 7]])).toEqual([6, 1]);
  });
});

describe("timers", () => {
  test("go out when they are set and cleared, and run their callbacks when they come", async () => {
    const harness = await start(() => new Everything());
    const { set } = await run(harness, [
      ["a", 1],
      ["a", 3],
      ["b", 2],
      ["b", -1],
    ]);
    const shown = (timers: readonly Timer<string>[]) =>
      timers.map(({ kind, key, tag, ...rest }) =>
        [kind, key, tag, "fireTimestamp" in rest ? rest.fireTimestamp : ""].join(" "),
      );
    expect(shown(set.event)).toEqual(["set a odd 13", "set b  12", "clear b odd "]);
    expect(set.clock).toMatchObject([{ kind: "set", key: "a" }]);

    const [first] = set.event;
    const [clock] = set.clock;
    if (first?.kind !== "set" || clock?.kind !== "set") throw new Error("no timers");
    const fired = await run(harness, [], { event: [first], clock: [clock] });
    expect(fired.values).toEqual(["event a odd at 13: 1,3", "clock a"]);
    expect(fired.set.event).toMatchObject([
      { kind: "set", key: "a", tag: "", fireTimestamp: 18, holdTimestamp: 13 },
    ]);
    expect((await run(harness, [["a", 6]])).values[0]).toContain("a | 10 | 6 | 10");
  });

  test("that an element of the bundle has set anew do not fire", async () => {
    const harness = await start(() => new Everything());
    const stale: SetTimer<string> = {
      kind: "set",
      key: "a",
      tag: "",
      windows: [GLOBAL_WINDOW],
      fireTimestamp: 12,
      holdTimestamp: 12,
      pane: { timing: "unknown", isFirst: true, isLast: true, index: 0, onTimeIndex: 0 },
    };
    const moved = { ...stale, key: "b" };
    const { values } = await run(harness, [], { event: [stale, moved] });
    expect(values).toEqual(["event a  at 12: ", "event b  at 12: "]);
  });
});

describe("afterCommit", () => {
  test("runs its callbacks when the runner says that the bundle is committed, once", async () => {
    const done: string[] = [];
    class Acknowledges extends DoFn<Pair, string> {
      override readonly finalizesBundles = true;
      readonly seen = this.valueState(varint);

      override process([key, n]: Pair, ctx: ProcessContext<string>): void {
        ctx.afterCommit(() => {
          if (n === 13) throw new Error("cannot acknowledge");
          done.push(key);
        });
      }
    }
    const harness = await start(() => new Acknowledges());
    const { runner } = harness;
    for (const [n, message] of [
      [1, undefined],
      [13, "cannot acknowledge"],
    ] as const) {
      const bundle = harness.begin();
      await bundle.send([["a", n]], true);
      const { response } = await bundle.answer;
      expect(response).toMatchObject({ value: { requiresFinalization: true } });
      const value = { instructionId: bundle.instruction };
      const answer = await runner.instruct({ case: "finalizeBundle", value });
      if (message === undefined) expect(answer.response.case).toBe("finalizeBundle");
      else expect(answer.error).toContain(message);
      expect((await runner.instruct({ case: "finalizeBundle", value })).error).toBe("");
    }
    expect(done).toEqual(["a"]);
  });
});
