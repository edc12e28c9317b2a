import { describe, expect, test } from "vitest";
import type { Coder } from "../../coders/coder.js";
import { UserCodeError } from "../../exec/user-code-error.js";
import { combineFn } from "../../fn/combine-fn.js";
import { DoFn } from "../../fn/do-fn.js";
import { OffsetRangeTracker, offsetRangeCoder } from "../../fn/offset-range.js";
import { SplittableDoFn } from "../../fn/splittable-do-fn.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import { collect } from "../../testing/collect.js";

type Build = (p: Pipeline) => PCollection<unknown>;
type Method = "setup" | "startBundle" | "process" | "finishBundle" | "teardown";

function boom(): never {
  throw new RangeError("boom");
}

/** A DoFn that throws in one of its methods, at once or by a rejected promise. */
function throwsIn(method: Method, late: boolean): () => DoFn<number, number> {
  class Throws extends DoFn<number, number> {
    override setup() {
      return this.at("setup");
    }
    override startBundle() {
      return this.at("startBundle");
    }
    override process() {
      return this.at("process");
    }
    override finishBundle() {
      return this.at("finishBundle");
    }
    override teardown() {
      return this.at("teardown");
    }
    private at(here: Method): void | Promise<void> {
      if (here !== method) return;
      if (late) return Promise.resolve().then(boom);
      boom();
    }
  }
  return () => new Throws();
}

function combining(part: "create" | "add" | "merge" | "extract"): Build {
  const sum = combineFn<number, number, number>({
    create: () => 0,
    add: (a, b) => a + b,
    merge: (a, b) => a + b,
    extract: (a) => a,
  });
  // Two stages, so that there are two accumulators to merge.
  return (p) =>
    p
      .create("One", [1])
      .flatten(p.create("Two", [2]))
      .combineGlobally("Sum", { ...sum, [part]: boom });
}

class Broken extends SplittableDoFn<number, readonly [number, number], number, number> {
  readonly restrictionCoder = offsetRangeCoder;
  private readonly part: string;

  constructor(part: string) {
    super();
    this.part = part;
  }

  initialRestriction(n: number): readonly [number, number] {
    if (this.part === "initialRestriction") boom();
    return [0, n];
  }

  override *split(_n: number, range: readonly [number, number]) {
    if (this.part === "split") boom();
    yield range;
  }

  size(): number {
    return this.part === "size" ? boom() : 1;
  }

  newTracker(range: readonly [number, number]) {
    return this.part === "newTracker" ? boom() : new OffsetRangeTracker(range);
  }

  process(): Iterable<number> {
    return this.part === "process" ? boom() : [];
  }
}

const badCoder = (part: "encode" | "decode"): Coder<number> => ({
  urn: "beamline:test:bad:v1",
  components: [],
  deterministic: true,
  encode: (n, out) => (part === "encode" ? boom() : out.writeByte(n)),
  decode: (input) => (part === "decode" ? boom() : input.readByte()),
});

const cases: readonly { readonly what: string; readonly build: Build; readonly says: string }[] = [
  {
    what: "map",
    build: (p) => p.create([7]).map("Bad", boom),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  },
  {
    what: "a transform inside composites",
    build: (p) => p.create([7]).apply("Outer", (c) => c.apply("Inner", (d) => d.map("Bad", boom))),
    says: 'Cannot run "Outer/Inner/Bad" on the element 7: RangeError: boom',
  },
  {
    what: "filter",
    build: (p) => p.create([{ a: 1 }]).filter("Bad", boom),
    says: 'Cannot run "Bad" on the element { a: 1 }: RangeError: boom',
  },
  {
    what: "a promise from filter",
    build: (p) => p.create([7]).filter("Bad", (async () => true) as unknown as () => boolean),
    says: "filter() takes a synchronous predicate; use mapAsync() first",
  },
  {
    what: "flatMap",
    build: (p) => p.create([7]).flatMap("Bad", boom),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  },
  {
    what: "a generator given to flatMap",
    build: (p) =>
      p.create([7]).flatMap("Bad", function* () {
        yield 1;
        boom();
      }),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  },
  {
    what: "a string from flatMap",
    build: (p) => p.create([7]).flatMap("Bad", () => "text" as unknown as string[]),
    says: "Cannot emit the items of 'text': flatMap() takes a function that returns an array",
  },
  {
    what: "undefined from flatMap",
    build: (p) => p.create([7]).flatMap("Bad", (() => undefined) as unknown as () => []),
    says: "Cannot emit the items of undefined",
  },
  {
    what: "keyBy",
    build: (p) => p.create([7]).keyBy("Bad", boom),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  },
  {
    what: "partition",
    build: (p) => p.flatten(p.create([7]).partition("Bad", 2, () => 2)),
    says: 'Cannot run "Bad" on the element 7: Cannot send an element to partition 2: there are 2; return a whole number from 0 to 1',
  },
  {
    what: "a rejected promise in mapAsync",
    build: (p) => p.create([7]).mapAsync("Bad", async () => boom()),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  },
  {
    what: "mapAsync itself",
    build: (p) => p.create([7]).mapAsync("Bad", boom, { ordered: true }),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  },
  {
    what: "a step below an asynchronous one",
    build: (p) =>
      p
        .create([7])
        .mapAsync(async (n) => n + 1)
        .map("Bad", boom),
    says: 'Cannot run "Bad" on the element 8: RangeError: boom',
  },
  ...(["setup", "startBundle", "finishBundle", "teardown"] as const).flatMap((method) =>
    [false, true].map((late) => ({
      what: `${method}, ${late ? "by a rejected promise" : "at once"}`,
      build: (p: Pipeline) => p.create([7]).parDo("Bad", throwsIn(method, late)),
      says: 'Cannot run "Bad": RangeError: boom',
    })),
  ),
  ...[false, true].map((late) => ({
    what: `process, ${late ? "by a rejected promise" : "at once"}`,
    build: (p: Pipeline) => p.create([7]).parDo("Bad", throwsIn("process", late)),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  })),
  {
    what: "an asynchronous generator",
    build: (p) =>
      p.create([7]).parDo(
        "Bad",
        () =>
          new (class extends DoFn<number, number> {
            override async *process(n: number) {
              yield n;
              await Promise.resolve();
              boom();
            }
          })(),
      ),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  },
  {
    what: "an element that process() returns",
    build: (p) =>
      p.create([7]).parDo(
        "Bad",
        () =>
          new (class extends DoFn<number, number> {
            override process() {
              return 5 as unknown as number[];
            }
          })(),
      ),
    says: "process() returned 5; emit with ctx.output(value) or return an iterable of values",
  },
  {
    what: "an output that was not declared",
    build: (p) =>
      p.create([7]).parDo(
        "Bad",
        () =>
          new (class extends DoFn<number, number, { extra: number }> {
            override process(n: number, ctx: { outputTo(tag: "extra", value: number): void }) {
              ctx.outputTo("extra", n);
            }
          })(),
      ),
    says: 'Cannot emit to "extra" in "Bad": its outputs are "out"; name the tag where the DoFn is applied: parDo(make, ["extra"])',
  },
  { what: "create()", build: combining("create"), says: "RangeError: boom" },
  {
    what: "add()",
    build: combining("add"),
    says: 'Cannot run "Sum/Precombine" on the element [ null, 1 ]: RangeError: boom',
  },
  {
    what: "merge()",
    build: combining("merge"),
    says: 'Cannot run "Sum/Merge" on the element null: RangeError: boom',
  },
  {
    what: "extract()",
    build: combining("extract"),
    says: 'Cannot run "Sum/Extract" on the element null: RangeError: boom',
  },
  ...["initialRestriction", "split", "size", "newTracker", "process"].map((part) => ({
    what: `${part}() of a splittable DoFn`,
    build: (p: Pipeline) => p.create([7]).parDo("Bad", () => new Broken(part)),
    says: 'Cannot run "Bad" on the element 7: RangeError: boom',
  })),
  {
    what: "a splittable DoFn that leaves work undone",
    build: (p) => p.create([7]).parDo("Bad", () => new Broken("none")),
    says: 'Cannot run "Bad" on the element 7: Cannot finish the range [0, 7): only offsets up to none were claimed',
  },
  ...(["encode", "decode"] as const).map((part) => ({
    what: `a coder that cannot ${part}`,
    build: (p: Pipeline) =>
      p
        .create([7])
        .map("Make", (n) => n)
        .withCoder(badCoder(part)),
    says: 'Cannot run "Make" on the element 7: RangeError: boom',
  })),
  {
    what: "a value that no coder takes",
    build: (p) =>
      p
        .create([7])
        .map("Make", () => ({ f: boom }))
        .reshuffle(),
    says: 'Cannot run "Make" on the element { f: [Function: boom] }: Cannot encode value.f: it is a function',
  },
  {
    what: "a value that can't be a key",
    build: (p) =>
      p
        .create([7])
        .map("Make", () => [Symbol("s"), 1] as const)
        .groupByKey(),
    says: 'Cannot run "Make"',
  },
  {
    what: "an element that is no pair",
    build: (p) =>
      (
        p.create([7]).map("Make", (n) => n) as unknown as PCollection<[number, number]>
      ).groupByKey(),
    says: 'Cannot run "Make" on the element 7',
  },
  {
    what: "an element that is no pair, combined",
    build: (p) =>
      (p.create([7]).map("Make", (n) => n) as unknown as PCollection<[number, number]>).countPerKey(
        "Bad",
      ),
    says: 'Cannot run "Bad/Precombine" on the element 7: TypeError: combining needs [key, value] pairs: call keyBy() first',
  },
  {
    what: "a thrown value that is no error",
    build: (p) => p.create([7]).mapAsync("Bad", () => Promise.reject({ code: 5 })),
    says: 'Cannot run "Bad" on the element 7: threw { code: 5 }',
  },
];

describe.each([{ strictEncoding: true }, { strictEncoding: false }])(
  "collect, strictEncoding $strictEncoding",
  (options) => {
    const lazy = ["a coder that cannot decode"];
    test.each(
      // Nothing is decoded there without an edge that encodes.
      cases.filter(({ what }) => options.strictEncoding || !lazy.includes(what)),
    )("names transform and element after an error in $what", async ({ build, says }) => {
      const error: unknown = await collect(build, options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserCodeError);
      expect((error as UserCodeError).message).toContain(says);
      expect((error as UserCodeError).origin).toBe("user");
    });
  },
);

describe("UserCodeError", () => {
  test("keeps the thrown error as its cause, its stack, and the element shortened", async () => {
    const element = { list: Array.from({ length: 500 }, (_, i) => `item ${i}`) };
    const error = (await collect((p) => p.create([element]).map("Bad", boom)).catch(
      (thrown: unknown) => thrown,
    )) as UserCodeError;
    expect(error.transform).toBe("Bad");
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.stack).toContain("boom");
    expect(error.stack).toContain("failures.test.ts");
    expect(error.element?.length).toBeLessThanOrEqual(200);
    expect(error.element).toContain("item 0");
  });
});
