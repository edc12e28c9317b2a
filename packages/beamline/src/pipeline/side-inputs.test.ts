import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../code-ref/fingerprint.js";
import { stringUtf8 } from "../coders/string-utf8.js";
import { collect } from "../testing/collect.js";
import { fixedWindows, sessions } from "../windowing/windows.js";
import type { PCollection } from "./pcollection.js";
import { Pipeline } from "./pipeline.js";

describe("side inputs", () => {
  test.each([
    { side: 5, message: "the side inputs are no object of views" },
    { side: { rates: 5 }, message: '"rates" is not a view; write { side: { rates: pcollection' },
  ])("that are no views are refused: $side", ({ side, message }) => {
    const p = new Pipeline("test");
    const options = { side } as never;
    expect(() => p.create([1]).map("Convert", (n) => n, options)).toThrow(
      `Cannot apply "Convert": ${message}`,
    );
  });

  test("of another pipeline are refused", () => {
    const other = new Pipeline("other").create([1]).asSingleton();
    expect(() =>
      new Pipeline("test").create([1]).map("Convert", (n) => n, { side: { other } }),
    ).toThrow('Cannot apply "Convert": "Create/Elements.out" belongs to another pipeline');
  });

  test("read by key are refused when their coder is none of pairs", () => {
    const p = new Pipeline("test");
    const texts = p.create(["a"], { coder: stringUtf8 });
    const map = (texts as unknown as PCollection<[string, number]>).asMap();
    p.create([1]).map("Look", (n) => n, { side: { map } });
    expect(() => p.toGraph()).toThrow('in "Look": its input has the coder beam:coder:string_utf8');
  });

  test("of merging windows, or of windows in a global main input, are refused", () => {
    const p = new Pipeline("test");
    const numbers = p.create([1]);
    const inSessions = numbers.window(sessions(10)).asList();
    const inHours = numbers.window(fixedWindows({ hours: 1 })).asList();
    expect(() => numbers.map("Look", (n) => n, { side: { inSessions } })).toThrow(
      '"Look": its side input "inSessions" is in sessions(10), which merge',
    );
    expect(() => numbers.map("Look", (n) => n, { side: { inHours } })).toThrow(
      "its input is in the global window, which belongs to none of them; window the input, too",
    );
  });

  test("are part of the fingerprint, with their views", () => {
    const fingerprint = (build: (p: Pipeline) => void) => {
      const p = new Pipeline("test");
      build(p);
      return fingerprintOf(p.toGraph()).Read;
    };
    const prints = [
      fingerprint((p) => p.create([1]).map("Read", (n) => n)),
      fingerprint((p) =>
        p.create([1]).map("Read", (n) => n, { side: { a: p.create("A", [1]).asList() } }),
      ),
      fingerprint((p) =>
        p.create([1]).map("Read", (n) => n, { side: { a: p.create("A", [1]).asIterable() } }),
      ),
      fingerprint((p) =>
        p.create([1]).map("Read", (n) => n, { side: { b: p.create("A", [1]).asList() } }),
      ),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });

  test("may go both ways between two fused chains", async () => {
    const elements = await collect((p) => {
      const left = p.impulse("Left").map("One", () => 1);
      const right = p.impulse("Right").map("Two", () => 2);
      const side = { left: left.asSingleton(), right: right.asSingleton() };
      const both = left.map("With right", (n, ctx) => n + ctx.side.right * 10, { side });
      return right.map("With left", (n, ctx) => n + ctx.side.left * 10, { side }).flatten(both);
    });
    expect(elements.sort()).toEqual([12, 21]);
  });

  test.each([
    { elements: [], what: "it has no element in this window; give asSingleton() a default" },
    { elements: [1, 2], what: "it has more than one element in this window; combine them" },
  ])("that are no singleton say so: $what", async ({ elements, what }) => {
    const run = collect((p) => {
      const rate = p.create<number>("Rates", elements).asSingleton();
      return p.create([1]).map("Convert", (n, { side }) => n * side.rate, { side: { rate } });
    });
    await expect(run).rejects.toThrow(
      `Cannot read the side input "rate" of "Convert" as a singleton: ${what}`,
    );
  });

  test("that nobody reads may be no singleton", async () => {
    const elements = await collect((p) => {
      const rate = p.create<number>("Rates", []).asSingleton();
      return p.create([1]).map("Convert", (n) => n, { side: { rate } });
    });
    expect(elements).toEqual([1]);
  });

  test("that are no map say so", async () => {
    const run = collect((p) => {
      const pairs: [string, number][] = [
        ["a", 1],
        ["a", 2],
      ];
      const map = p.create("Pairs", pairs).asMap();
      return p.create(["a"]).map("Look", (key, { side }) => side.map.get(key), { side: { map } });
    });
    await expect(run).rejects.toThrow(
      'Cannot read the side input "map" of "Look" as a map: a key has more than one value',
    );
  });
});

describe("waitOn", () => {
  test("holds elements back until the others have been worked off", async () => {
    const order: string[] = [];
    await collect((p) => {
      const first = p.create("First", [1, 2, 3]).mapAsync("Write", async (n) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push("write");
        return n;
      });
      return p
        .impulse("Second")
        .waitOn(first)
        .map("Read", () => order.push("read"));
    });
    expect(order).toEqual(["write", "write", "write", "read"]);
  });
});

describe("log", () => {
  test("prints a few elements and passes all on", async () => {
    const lines: unknown[] = [];
    const { log } = console;
    console.log = (line: unknown) => lines.push(line);
    try {
      const elements = await collect((p) =>
        p
          .create(["a", "b", "c"])
          .log("texts", { limit: 2 })
          .map((text) => ({ text }))
          .log("rows", { limit: 1, format: ({ text }) => `<${text}>` }),
      );
      expect(elements).toHaveLength(3);
    } finally {
      console.log = log;
    }
    const shown = lines.map((line) => String(line).replace(/(texts: |<)[abc]/, "$1x"));
    expect(shown.sort()).toEqual([
      "rows: (and so on)",
      "rows: <x>",
      "texts: (and so on)",
      "texts: x",
      "texts: x",
    ]);
  });
});

describe("hotKeyFanout", () => {
  test.each([0, 1.5, -1])("refuses %d", (hotKeyFanout) => {
    const pairs = new Pipeline("test").create<[string, number]>([["a", 1]]);
    const combine = {
      create: () => 0,
      add: (sum: number, n: number) => sum + n,
      merge: (a: number, b: number) => a + b,
      extract: (sum: number) => sum,
    };
    expect(() => pairs.combinePerKey("Sum", combine, { hotKeyFanout })).toThrow(
      `Cannot combine in "Sum": hotKeyFanout is ${hotKeyFanout}`,
    );
  });
});

describe("onError", () => {
  test("collects only what its own function throws", async () => {
    const run = collect((p) => {
      const { out } = p.create([1]).map("Parse", (n) => n, { onError: "collect" });
      return out.map("Downstream", (n) => {
        throw new Error(`no ${n}`);
      });
    });
    await expect(run).rejects.toThrow('Cannot run "Downstream" on the element 1: Error: no 1');
  });

  test("names the transform by its full path, and keeps the stack", async () => {
    const failures = await collect((p) =>
      p.create([1]).apply("Box", (numbers: PCollection<number>) => {
        const fail = (n: number): number => {
          throw n === 1 ? new TypeError("not 1") : n;
        };
        return numbers.map("Fail", fail, { onError: "collect" }).failures;
      }),
    );
    expect(failures).toEqual([
      {
        element: 1,
        transform: "Box/Fail",
        error: { name: "TypeError", message: "not 1", stack: expect.stringContaining("at fail") },
      },
    ]);
  });
});
