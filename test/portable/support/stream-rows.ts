import {
  afterCount,
  afterWatermark,
  BeamlineError,
  compareBags,
  DoFn,
  defaultTrigger,
  type ExpirationContext,
  fixedWindows,
  generateSequence,
  type PCollection,
  Pipeline,
  type PortableRunOptions,
  type ProcessContext,
  runPortable,
  sessions,
  testStream,
  toList,
  UserCodeError,
} from "./beamline.js";

/** A small pipeline over a stream, and what must happen, on any runner that has what it asks for. */
export interface StreamRow {
  readonly name: string;
  run(options: PortableRunOptions): Promise<void>;
}

type Points = [who: string, points: number];

/** A stream that ends, and what must come out of it. */
function script(
  name: string,
  build: (p: Pipeline) => PCollection<unknown>,
  expected: readonly unknown[],
): StreamRow {
  return {
    name,
    async run(options) {
      const pipeline = new Pipeline(name);
      build(pipeline)
        .window("All", fixedWindows({ days: 36_500 }), {
          trigger: defaultTrigger(),
          allowedLateness: 0,
          accumulation: "discarding",
          onTime: "fire-if-nonempty",
        })
        .combineGlobally("Gather", toList())
        .map("Compare", (actual, ctx) => {
          const { missing, unexpected } = compareBags(actual, expected);
          if (missing.length > 0 || unexpected.length > 0) {
            const reason = `${JSON.stringify(missing)} missing, ${JSON.stringify(unexpected)} unexpected`;
            throw new BeamlineError("ELEMENTS_DIFFER", `Cannot accept the elements: ${reason}`);
          }
          ctx.counter("compared").inc();
          return null;
        });
      const { counters } = await runPortable(pipeline.toGraph(), options);
      if (!counters.some(({ name: counter }) => counter === "compared"))
        throw new Error("Nothing was compared");
    },
  };
}

/** A stream without an end: it has passed once the function that `build` is given was called. */
function endless(name: string, build: (p: Pipeline, passed: () => void) => void): StreamRow {
  return {
    name,
    async run(options) {
      const cancel = new AbortController();
      let passed = false;
      const pipeline = new Pipeline(name);
      build(pipeline, () => {
        passed = true;
        cancel.abort();
      });
      const signal = AbortSignal.any([cancel.signal, ...(options.signal ? [options.signal] : [])]);
      const failure: unknown = await runPortable(pipeline.toGraph(), { ...options, signal }).then(
        () => new Error("The job ended by itself"),
        (error: unknown) => error,
      );
      if (!passed || !(failure instanceof BeamlineError) || failure.code !== "CANCELLED")
        throw failure;
    },
  };
}

const ticks = (p: Pipeline, perSecond = 20) =>
  p.apply(generateSequence({ rate: { elements: perSecond, per: { seconds: 1 } } }));

const sums = (scores: PCollection<Points>) =>
  scores.groupByKey().map("Sum", ([who, points], { window }) => {
    const sum = [...points].reduce((a, b) => a + b, 0);
    return `${window.start}-${window.end} ${who} ${sum}`;
  });

/** Emits a total once nothing has come for ten milliseconds of event time. */
class Idle extends DoFn<Points, string> {
  private readonly total = this.valueState<number>();
  private readonly idle = this.eventTimer((ctx) => {
    ctx.output(`${ctx.key} ${this.total.read()} at ${ctx.fireTimestamp}`);
    this.total.clear();
  });

  override process([, points]: Points, ctx: ProcessContext<string>): void {
    this.total.write((this.total.read() ?? 0) + points);
    this.idle.set(ctx.timestamp + 10);
  }
}

/** Emits a key a second of the clock after its first element. */
class Soon extends DoFn<Points, string> {
  private readonly total = this.valueState<number>();
  private readonly soon = this.processingTimer((ctx) =>
    ctx.output(`${ctx.key} ${this.total.read()}`),
  );

  override process([, points]: Points): void {
    if (this.total.read() === undefined) this.soon.setIn({ seconds: 1 });
    this.total.write((this.total.read() ?? 0) + points);
  }
}

/** A timer that sets itself again, on the clock. */
class Beat extends DoFn<[string, number], string> {
  private readonly seen = this.valueState<number>();
  private readonly beats = this.valueState<number>();
  private readonly beat = this.processingTimer((ctx) => {
    const beats = (this.beats.read() ?? 0) + 1;
    this.beats.write(beats);
    ctx.output(`${beats} ${this.seen.read()}`);
    this.beat.setIn(100);
  });

  override process(): void {
    const seen = (this.seen.read() ?? 0) + 1;
    this.seen.write(seen);
    if (seen === 1) this.beat.setIn(100);
  }
}

/** Sets an event-time timer again and again, as far as the watermark goes. */
class Ticker extends DoFn<[string, number], number> {
  private readonly seen = this.bagState<number>();
  private readonly tick = this.eventTimer((ctx) => {
    ctx.output([...this.seen.read()].length);
    this.tick.set(ctx.fireTimestamp + 200);
  });

  override process([, n]: [string, number], ctx: ProcessContext<number>): void {
    if (n === 0) this.tick.set(ctx.timestamp + 200);
    this.seen.add(n);
  }
}

/** Tells how many numbers a window has had once it is over. */
class LastWords extends DoFn<Points, number> {
  private readonly seen = this.bagState<number>();

  override process([, n]: Points): void {
    this.seen.add(n);
  }

  override onWindowExpiration(ctx: ExpirationContext<string, number>): void {
    ctx.output([...this.seen.read()].length);
  }
}

/** Passes on numbers that come in their order. */
class InOrder extends DoFn<Points, number> {
  override readonly requiresTimeSortedInput = true;
  private readonly last = this.valueState<number>();

  override process([, n]: Points): number[] {
    const expected = (this.last.read() ?? -1) + 1;
    this.last.write(n);
    return n === expected ? [n] : [];
  }
}

/** Counts the elements of a key. */
class Count extends DoFn<Points, number> {
  private readonly seen = this.valueState<number>();

  override process(): number[] {
    const seen = (this.seen.read() ?? 0) + 1;
    this.seen.write(seen);
    return [seen];
  }
}

/** Says so when what it has processed is safe. */
class Acknowledge extends DoFn<number, never> {
  override readonly finalizesBundles = true;
  private readonly acknowledged: () => void;

  constructor(acknowledged: () => void) {
    super();
    this.acknowledged = acknowledged;
  }

  override process(_n: number, ctx: ProcessContext<never>): void {
    ctx.afterCommit(this.acknowledged);
  }
}

/** Streams that are played, and streams that go on until they are cancelled. */
export const STREAM_ROWS: readonly StreamRow[] = [
  script(
    "script-windows-and-late-data",
    (p) =>
      sums(
        p
          .apply(
            testStream<Points>()
              .add([["ann", 3], 1], [["bob", 5], 2])
              .add([["ann", 4], 9])
              .advanceWatermarkTo(20)
              .add([["ann", 100], 3])
              .add([["ann", 8], 25]),
          )
          .window(fixedWindows(10)),
      ),
    ["0-10 ann 7", "0-10 bob 5", "20-30 ann 8"],
  ),
  script(
    "script-sessions",
    (p) =>
      sums(
        p
          .apply(
            testStream<Points>()
              .add([["ann", 1], 0], [["bob", 2], 12])
              .add([["ann", 4], 7])
              .advanceWatermarkTo(40)
              .add([["ann", 8], 45]),
          )
          .window(sessions(10)),
      ),
    ["0-17 ann 5", "12-22 bob 2", "45-55 ann 8"],
  ),
  script(
    "script-panes",
    (p) =>
      p
        .apply(
          testStream<Points>()
            .add([["ann", 1], 0], [["ann", 2], 1])
            .advanceWatermarkTo(5)
            .add([["ann", 4], 2])
            .advanceWatermarkTo(12)
            .add([["ann", 8], 3]),
        )
        .window(fixedWindows(10), {
          trigger: afterWatermark({ early: afterCount(2), late: afterCount(1) }),
          allowedLateness: 100,
          accumulation: "accumulating",
        })
        .groupByKey()
        .map("Pane", ([who, points], { pane }) => {
          const sum = [...points].reduce((a, b) => a + b, 0);
          return `${who} ${sum} ${pane.timing} ${pane.index}`;
        }),
    ["ann 3 early 0", "ann 7 on-time 1", "ann 15 late 2"],
  ),
  script(
    "script-state-and-event-timers",
    (p) =>
      p
        .apply(
          testStream<Points>()
            .add([["ann", 1], 0], [["bob", 2], 5])
            .add([["ann", 4], 6])
            .advanceWatermarkTo(30)
            .add([["ann", 8], 35]),
        )
        .parDo(() => new Idle()),
    ["ann 5 at 16", "bob 2 at 15", "ann 8 at 45"],
  ),
  script(
    "script-clock",
    (p) =>
      p
        .apply(
          testStream<Points>()
            .add([["ann", 1], 0], [["bob", 2], 0])
            .advanceProcessingTime({ hours: 1 })
            .add([["ann", 4], 1]),
        )
        .parDo(() => new Soon()),
    ["ann 1", "bob 2"],
  ),
  endless("endless-windows", (p, passed) => {
    let windows = 0;
    ticks(p)
      .map("Key", (n): Points => [n % 2 === 0 ? "even" : "odd", n])
      .window(fixedWindows({ seconds: 1 }))
      .countPerKey()
      .map("Windows", ([, count]) => {
        if (count > 0 && ++windows >= 4) passed();
        return count;
      });
  }),
  endless("endless-state-and-clock-timers", (p, passed) => {
    ticks(p)
      .map("Key", (n): Points => ["all", n])
      .parDo(() => new Beat())
      .map("Beats", (text) => {
        const [beats = 0, seen = 0] = text.split(" ").map(Number);
        if (beats >= 5 && seen > 5) passed();
        return text;
      });
  }),
  endless("endless-state-and-event-timers", (p, passed) => {
    let fired = 0;
    ticks(p)
      .map("Key", (n): Points => ["all", n])
      .parDo(() => new Ticker())
      .map("Fired", (seen) => {
        if (++fired >= 5 && seen > 5) passed();
        return seen;
      });
  }),
  endless("endless-last-words", (p, passed) => {
    let windows = 0;
    ticks(p)
      .map("Key", (n): Points => [n % 2 === 0 ? "even" : "odd", n])
      .window(fixedWindows({ seconds: 1 }))
      .parDo(() => new LastWords())
      .map("Windows", (count) => {
        if (count > 0 && ++windows >= 4) passed();
        return count;
      });
  }),
  endless("endless-in-order", (p, passed) => {
    ticks(p)
      .reshuffle()
      .map("Key", (n): Points => ["all", n])
      .parDo(() => new InOrder())
      .map("Ordered", (n) => {
        // Few: each element waits for a timer of its own, which Flink fires one by one.
        if (n >= 6) passed();
        return n;
      });
  }),
  endless("endless-state", (p, passed) => {
    ticks(p)
      .map("Key", (n): Points => ["all", n])
      .parDo(() => new Count())
      .map("Counted", (seen) => {
        if (seen >= 20) passed();
        return seen;
      });
  }),
  endless("endless-until-acknowledged", (p, passed) => {
    let acknowledged = 0;
    ticks(p).parDo(() => new Acknowledge(() => (++acknowledged >= 3 ? passed() : undefined)));
  }),
  endless("endless-until-acknowledged-later", (p, passed) => {
    let acknowledged = 0;
    ticks(p)
      .reshuffle()
      .parDo(() => new Acknowledge(() => (++acknowledged >= 3 ? passed() : undefined)));
  }),
  {
    name: "endless-until-it-fails",
    async run(options) {
      const pipeline = new Pipeline("fails");
      ticks(pipeline).map("Boom", (n) => {
        if (n === 5) throw new RangeError("no five, please");
        return n;
      });
      const failure: unknown = await runPortable(pipeline.toGraph(), options).catch((e) => e);
      if (!(failure instanceof UserCodeError) || failure.transform !== "Boom") throw failure;
    },
  },
];
