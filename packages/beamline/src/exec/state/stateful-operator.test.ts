import { describe, expect, test } from "vitest";
import { bool } from "../../coders/bool.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { varint } from "../../coders/varint.js";
import { mean } from "../../combiners/mean.js";
import { KeyedState } from "../../engine/state/keyed-state.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import type { ExpirationContext } from "../../fn/state/timer-types.js";
import { END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP } from "../../model/time.js";
import { userFnOf } from "../../pipeline/user-fn-of.js";
import { GLOBAL_WINDOWING } from "../../windowing/windowing-strategy.js";
import { FIXED_10, type Given, interval, StateDriver } from "./testdata/state-driver.js";

type Pair = [string, number];

function driverOf(make: () => unknown, windowing = GLOBAL_WINDOWING, tags: readonly string[] = []) {
  const fn = userFnOf({ name: "Step", given: true }, make);
  if (fn.kind !== "doFn") throw new Error("no DoFn");
  return new StateDriver(new KeyedState(), fn, windowing, tags);
}

const given = (...pairs: readonly Pair[]): Given[] => pairs.map(([key, value]) => ({ key, value }));

/** Uses every kind of state at once. */
class Everything extends DoFn<Pair, string> {
  readonly seen = this.valueState(bool);
  readonly all = this.bagState(varint);
  readonly average = this.combiningState(mean());
  readonly parity = this.mapState<string, number>(stringUtf8);
  readonly distinct = this.setState(varint);
  readonly ordered = this.orderedListState(varint);

  override process([key, value]: Pair): string[] {
    const first = this.seen.read() !== true;
    this.seen.write(true);
    this.all.add(value);
    this.average.add(value);
    const side = value % 2 === 0 ? "even" : "odd";
    this.parity.set(side, (this.parity.get(side) ?? 0) + 1);
    this.distinct.add(value);
    this.ordered.add(-value, value);
    return [
      [
        key,
        first ? "first" : "again",
        this.all.read().join(" "),
        this.average.read(),
        JSON.stringify([...this.parity.entries()].sort()),
        [...this.distinct.read()].sort().join(" "),
        this.ordered
          .read({ from: -9 })
          .map((item) => item.value)
          .join(" "),
      ].join(" | "),
    ];
  }
}

describe("state", () => {
  test("is that of the key, within a bundle and from one to the next", async () => {
    const driver = driverOf(() => new Everything());
    expect(await driver.values({ elements: given(["a", 1], ["b", 10], ["a", 2]) })).toEqual([
      'a | first | 1 | 1 | [["odd",1]] | 1 | 1',
      'b | first | 10 | 10 | [["even",1]] | 10 | ',
      'a | again | 1 2 | 1.5 | [["even",1],["odd",1]] | 1 2 | 2 1',
    ]);
    expect(await driver.values({ elements: given(["a", 1], ["b", 5]) })).toEqual([
      'a | again | 1 2 1 | 1.3333333333333333 | [["even",1],["odd",2]] | 1 2 | 2 1 1',
      'b | again | 10 5 | 7.5 | [["even",1],["odd",1]] | 10 5 | 5',
    ]);
  });

  test("is that of the window, for each window of an element", async () => {
    class Count extends DoFn<Pair, string> {
      readonly count = this.valueState(varint);

      override process([key]: Pair, ctx: ProcessContext<string>): void {
        this.count.write((this.count.read() ?? 0) + 1);
        ctx.output(`${key} ${JSON.stringify(ctx.window)} ${this.count.read()}`);
      }
    }
    const driver = driverOf(() => new Count(), FIXED_10);
    const both = { key: "k", value: 0, windows: [interval(0), interval(10)] };
    const emitted = await driver.run({
      elements: [both, { ...both, windows: [interval(10)] }],
    });
    expect(emitted.map(({ value }) => String(value).slice(-1))).toEqual(["1", "1", "2"]);
    expect(emitted.map(({ window }) => window)).toEqual([interval(0), interval(10), interval(10)]);
    expect(driver.counts[0]?.elements).toBe(2);
  });

  test("tells keys apart as their encodings do", async () => {
    class Count extends DoFn<[unknown, null], number> {
      readonly count = this.valueState<number>();

      override process(): number[] {
        this.count.write((this.count.read() ?? 0) + 1);
        return [this.count.read() ?? 0];
      }
    }
    const keys = [1, "1", null, { a: 1, b: 2 }, { b: 2, a: 1 }, [1], ["1"], undefined, true, 1];
    const driver = driverOf(() => new Count());
    const elements = keys.map((key) => ({ key, value: null }));
    expect(await driver.values({ elements })).toEqual([1, 1, 1, 1, 2, 1, 1, 1, 1, 2]);
    expect(await driver.values({ elements })).toEqual([3, 2, 2, 3, 4, 2, 2, 2, 2, 4]);
  });

  test("can be cleared, whole or in part", async () => {
    class Clear extends Everything {
      override process(pair: Pair): string[] {
        super.process(pair);
        switch (pair[1]) {
          case 2:
            this.parity.delete("odd");
            this.distinct.delete(1);
            this.ordered.clearRange({ from: -1 });
            return [
              [this.parity.keys(), this.distinct.read(), this.ordered.read().length].join("|"),
            ];
          case 3:
            for (const cell of [this.seen, this.all, this.average]) cell.clear();
            for (const cell of [this.parity, this.distinct, this.ordered]) cell.clear();
            return [];
          case 4:
            return [this.all.read().join(), this.distinct.read().join()];
          default:
            return [];
        }
      }
    }
    const driver = driverOf(() => new Clear());
    expect(await driver.values({ elements: given(["k", 1], ["k", 2]) })).toEqual(["even|2|1"]);
    await driver.values({ elements: given(["k", 3]) });
    expect(driver.state.bytes).toBe(0);
    expect(await driver.values({ elements: given(["k", 4]) })).toEqual(["4", "4"]);
  });

  test("is as it was before a bundle that fails", async () => {
    class Fails extends DoFn<Pair, number> {
      readonly all = this.bagState(varint);
      readonly later = this.eventTimer(() => undefined);

      override process([, value]: Pair): number[] {
        this.all.add(value);
        this.later.set(value);
        if (value === 13) throw new Error("unlucky");
        return [...this.all.read()];
      }
    }
    const driver = driverOf(() => new Fails());
    await driver.run({ elements: given(["k", 1]) });
    const failing = driver.run({ elements: given(["k", 2], ["k", 13]) });
    await expect(failing).rejects.toThrow("Cannot run \"Step\" on the element [ 'k', 13 ]");
    expect(driver.state.nextEventTime).toBe(1);
    expect(await driver.values({ elements: given(["k", 3]) })).toEqual([1, 3]);
  });

  test("works in asynchronous DoFns, one element at a time", async () => {
    class Slow extends DoFn<Pair, string> {
      readonly all = this.bagState(varint);
      private running = 0;

      override async *process([key, value]: Pair): AsyncIterable<string> {
        if (this.running++ > 0) throw new Error("two at a time");
        await new Promise((resolve) => setImmediate(resolve));
        this.all.add(value);
        yield `${key} ${this.all.read().join()}`;
        await new Promise((resolve) => setImmediate(resolve));
        this.all.add(-value);
        this.running--;
      }
    }
    const driver = driverOf(() => new Slow());
    const elements = given(["a", 1], ["b", 2], ["a", 3]);
    expect(await driver.values({ elements })).toEqual(["a 1", "b 2", "a 1,-1,3"]);
  });

  test("outside of a call is an error that says so", async () => {
    class Leaks extends DoFn<Pair, never> {
      readonly seen = this.valueState(bool);

      override process(): void {}

      override finishBundle(): void {
        this.seen.read();
      }
    }
    const driver = driverOf(() => new Leaks());
    await expect(driver.run({ elements: given(["k", 1]) })).rejects.toThrow(
      'Cannot use the state or a timer of "Step" now',
    );
    expect(() => new Leaks().seen.read()).toThrow("Cannot use state here");
  });

  test("refuses elements that are no pairs", async () => {
    const driver = driverOf(() => new Everything());
    const run = driver.run({ elements: [{ key: "k", value: {} }] });
    await expect(run).rejects.toThrow('Cannot run "Step"');
  });
});

describe("timers", () => {
  class Timed extends DoFn<Pair, string> {
    readonly log = this.bagState(stringUtf8);
    readonly event = this.eventTimer((ctx) => {
      ctx.output(`event ${ctx.key} ${ctx.tag} at ${ctx.fireTimestamp} out ${ctx.timestamp}`);
      ctx.counter("fired").inc();
    });
    readonly clock = this.processingTimer((ctx) => {
      ctx.output(`clock ${ctx.key} at ${ctx.fireTimestamp} out ${ctx.timestamp}`);
    });

    override process([, value]: Pair): void {
      if (value < 0) {
        this.event.clear();
        this.clock.clear();
      } else {
        this.event.set(value);
        this.event.set(value + 1, { tag: "t", outputTimestamp: value });
        this.clock.setIn({ seconds: value });
      }
    }
  }

  test("fire when their clock has come, with key, tag and timestamps", async () => {
    const driver = driverOf(() => new Timed());
    await driver.run({ elements: given(["a", 5], ["b", 3]) });
    expect(driver.state.hold).toBe(0);
    expect(await driver.values({ watermark: 4 })).toEqual([
      "event b  at 3 out 3",
      "event b t at 4 out 3",
    ]);
    expect(driver.counts[0]?.counters).toEqual({ fired: 2 });
    expect(await driver.values({ processingTime: 4000 })).toEqual(["clock b at 4000 out 0"]);
    const emitted = await driver.run({ watermark: 100, processingTime: 100_000 });
    expect(emitted.map(({ timestamp, value }) => `${timestamp} ${value}`)).toEqual([
      "5 event a  at 5 out 5",
      "5 event a t at 6 out 5",
      "0 clock a at 6000 out 0",
    ]);
    expect([driver.state.nextEventTime, driver.state.hold]).toEqual([undefined, undefined]);
  });

  test("are replaced when they are set again, and cleared", async () => {
    const driver = driverOf(() => new Timed());
    await driver.run({ elements: given(["a", 5], ["b", 5], ["a", 8], ["b", -1]) });
    expect(await driver.values({ watermark: 6 })).toEqual(["event b t at 6 out 5"]);
    expect(await driver.values({ watermark: 8 })).toEqual(["event a  at 8 out 8"]);
  });

  test("loop, and stop at the window's end", async () => {
    class Loops extends DoFn<Pair, number> {
      readonly tick = this.eventTimer((ctx) => {
        ctx.output(ctx.fireTimestamp);
        if (ctx.fireTimestamp < 9) this.tick.setIn(4);
      });

      override process([, value]: Pair): void {
        this.tick.set(value);
      }
    }
    const driver = driverOf(() => new Loops(), FIXED_10);
    const elements = [{ key: "k", value: 1, timestamp: 1, windows: [interval(0)] }];
    await driver.run({ elements });
    expect(await driver.values({ watermark: MAX_TIMESTAMP })).toEqual([1, 5, 9]);
    expect(driver.state.bytes).toBe(0);
  });

  test("that a callback clears or moves do not fire, and earlier ones fire before", async () => {
    class Moves extends DoFn<Pair, string> {
      readonly first = this.eventTimer((ctx) => {
        ctx.output("first");
        this.second.clear();
        this.third.set(50);
        this.fourth.set(8);
      });
      readonly second = this.eventTimer((ctx) => ctx.output("second"));
      readonly third = this.eventTimer((ctx) => ctx.output("third"));
      readonly fourth = this.eventTimer((ctx) => ctx.output("fourth"));
      readonly last = this.eventTimer((ctx) => ctx.output("last"));

      override process(): void {
        this.first.set(5);
        this.second.set(6);
        this.third.set(7);
        this.last.set(9);
      }
    }
    const driver = driverOf(() => new Moves());
    await driver.run({ elements: given(["k", 0]) });
    expect(await driver.values({ watermark: 10 })).toEqual(["first", "fourth", "last"]);
    expect(await driver.values({ watermark: 60 })).toEqual(["third"]);
  });

  test("have callbacks that may be asynchronous and use state", async () => {
    class Slow extends DoFn<Pair, string> {
      readonly all = this.bagState(varint);
      readonly flush = this.eventTimer(async (ctx) => {
        await new Promise((resolve) => setImmediate(resolve));
        ctx.output(this.all.read().join());
        this.all.clear();
      });

      override process([, value]: Pair): void {
        this.all.add(value);
        this.flush.set(10);
      }
    }
    const driver = driverOf(() => new Slow());
    await driver.run({ elements: given(["a", 1], ["b", 2], ["a", 3]) });
    expect((await driver.values({ watermark: 10 })).sort()).toEqual(["1,3", "2"]);
    expect(driver.state.bytes).toBe(0);
  });

  test("after the window's expiry are refused, and setIn() stops at it", async () => {
    class Late extends DoFn<Pair, number> {
      readonly timer = this.eventTimer((ctx) => ctx.output(ctx.fireTimestamp));

      override process([, value]: Pair): void {
        if (value < 0) this.timer.setIn(-value);
        else this.timer.set(value);
      }
    }
    const windowing = { ...FIXED_10, allowedLateness: 5 };
    const driver = driverOf(() => new Late(), windowing);
    const element = (value: number) => ({ key: "k", value, windows: [interval(0)] });
    await driver.run({ elements: [element(14)] });
    const tooLate = driver.run({ elements: [element(15)] });
    await expect(tooLate).rejects.toThrow(
      'Cannot set the timer "timer" of "Step" for 15: its window expires at 14',
    );
    await driver.run({ elements: [element(-100)] });
    expect(await driver.values({ watermark: 20 })).toEqual([14]);
    const global = driverOf(() => new Late());
    await global.run({ elements: given(["k", END_OF_GLOBAL_WINDOW]) });
    expect(global.state.nextEventTime).toBe(END_OF_GLOBAL_WINDOW);
  });

  test.each([
    [4, "the element's timestamp is 5"],
    [21, "it fires at 20"],
  ])("with the output timestamp %d are refused", async (outputTimestamp, why) => {
    class Wrong extends DoFn<Pair, never> {
      readonly timer = this.eventTimer(() => undefined);

      override process(): void {
        this.timer.set(20, { outputTimestamp });
      }
    }
    const driver = driverOf(() => new Wrong());
    const run = driver.run({ elements: [{ key: "k", value: 0, timestamp: 5 }] });
    await expect(run).rejects.toThrow(why);
  });

  test("need a callback", () => {
    class None extends DoFn<Pair, never> {
      readonly timer = this.eventTimer(undefined as never);

      override process(): void {}
    }
    expect(() => new None()).toThrow("Cannot declare a timer: it has no callback");
  });
});

describe("windows", () => {
  class Expires extends DoFn<Pair, string> {
    readonly all = this.bagState(varint);

    override process([, value]: Pair): void {
      this.all.add(value);
    }

    override onWindowExpiration(ctx: ExpirationContext<string, string>): void {
      ctx.output(`${ctx.key}: ${this.all.read().join()} at ${ctx.timestamp}`);
    }
  }

  test("expire once, with their state, which then goes", async () => {
    const driver = driverOf(() => new Expires(), { ...FIXED_10, allowedLateness: 5 });
    const element = { key: "k", value: 1, windows: [interval(0)] };
    await driver.run({ elements: [element, { ...element, value: 2 }] });
    await driver.run({ elements: [element] });
    expect(await driver.values({ watermark: 13 })).toEqual([]);
    expect(await driver.values({ watermark: 14 })).toEqual(["k: 1,2,1 at 9"]);
    expect(await driver.values({ watermark: 15 })).toEqual([]);
    expect(driver.state.bytes).toBe(0);
  });

  test("that have expired take no more elements, which are counted", async () => {
    const driver = driverOf(() => new Expires(), FIXED_10);
    const element = { key: "k", value: 1, windows: [interval(0)] };
    await driver.run({ watermark: 9, elements: [element] });
    await driver.run({ watermark: 10, elements: [element, element] });
    expect(driver.counts[0]?.counters).toEqual({ DroppedDueToLateness: 2 });
    expect(driver.state.bytes).toBe(0);
  });
});

describe("requiresTimeSortedInput", () => {
  class Sorted extends DoFn<Pair, string> {
    override readonly requiresTimeSortedInput = true;
    readonly count = this.valueState(varint);

    override process([key, value]: Pair, ctx: ProcessContext<string>): string[] {
      this.count.write((this.count.read() ?? 0) + 1);
      return [`${this.count.read()} ${key}${value}@${ctx.timestamp}`];
    }
  }

  test.each([false, true])(
    "gives elements in order, late ones dropped (async: %s)",
    async (slow) => {
      class Slow extends Sorted {
        override process(pair: Pair, ctx: ProcessContext<string>): never {
          const items = super.process(pair, ctx);
          return (slow ? Promise.resolve(items) : items) as never;
        }
      }
      const driver = driverOf(() => new Slow());
      const element = (value: number, timestamp: number) => ({ key: "k", value, timestamp });
      expect(
        await driver.values({ elements: [element(1, 5), element(2, 3), element(3, 9)] }),
      ).toEqual([]);
      expect(driver.state.hold).toBe(3);
      await driver.run({ elements: [element(4, 4), element(5, 3)] });
      expect(await driver.values({ watermark: 5 })).toEqual(["1 k2@3", "2 k5@3", "3 k4@4"]);
      expect(driver.state.hold).toBe(5);
      await driver.run({ elements: [element(6, 4)] });
      expect(driver.counts[0]?.counters).toEqual({ DroppedDueToLateness: 1 });
      expect(await driver.values({ watermark: MAX_TIMESTAMP })).toEqual(["4 k1@5", "5 k3@9"]);
    },
  );
});

describe("ctx.output", () => {
  class Stamps extends DoFn<Pair, number, { other: number }> {
    override readonly allowedTimestampSkew = 2;

    override process([, at]: Pair, ctx: ProcessContext<number, { other: number }>): void {
      ctx.output(at, at);
      ctx.outputTo("other", at, at);
    }
  }

  test("stamps what it emits, no earlier than the element less the allowed skew", async () => {
    const driver = driverOf(() => new Stamps(), GLOBAL_WINDOWING, ["other"]);
    const element = (value: number) => ({ key: "k", value, timestamp: 10 });
    const emitted = await driver.run({ elements: [element(8), element(100)] });
    expect(emitted.map(({ timestamp }) => timestamp)).toEqual([8, 8, 100, 100]);
    await expect(driver.run({ elements: [element(7)] })).rejects.toThrow(
      'Cannot emit from "Step" at 7: outputs lie at 10',
    );
  });
});

describe("ctx.afterCommit", () => {
  test.each([true, false])("takes callbacks where the DoFn says so: %s", async (declared) => {
    class Acknowledges extends DoFn<Pair, never> {
      override readonly finalizesBundles = declared;

      override process(_pair: Pair, ctx: ProcessContext<never>): void {
        ctx.afterCommit(() => undefined);
      }
    }
    const driver = driverOf(() => new Acknowledges());
    const run = driver.run({ elements: given(["k", 1]) });
    if (declared) await run;
    else await expect(run).rejects.toThrow("declare `readonly finalizesBundles = true`");
    expect(driver.finalizers.length).toBe(declared ? 1 : 0);
  });
});
