import {
  afterCount,
  afterWatermark,
  DoFn,
  definePipeline,
  fixedWindows,
  generateSequence,
  type ProcessContext,
  sessions,
} from "beamline";
import { z } from "zod";

/** A stream for hours: late data, sessions, state and timers, over keys that come and go. */
export default definePipeline({
  name: "bench-soak",
  options: z.object({
    rate: z.int().min(1).default(1000).describe("Elements in a second"),
    keysPerMinute: z.int().min(1).default(600).describe("New keys in a minute"),
  }),
  build(p, { rate, keysPerMinute }) {
    const clicks = p
      .apply(generateSequence({ rate: { elements: rate, per: { seconds: 1 } } }))
      .map(
        "Click",
        (n, { timestamp }): Click => ({ ...clickOf(n, rate, keysPerMinute), timestamp }),
      )
      // One in a hundred comes behind the watermark: some within the lateness, some beyond it.
      .withTimestamps("EventTime", ({ timestamp, delay }) => timestamp - delay, {
        allowedSkew: { minutes: 1 },
      })
      .keyBy("User", ({ user }) => user);
    clicks
      .window("Sessions", sessions({ seconds: 5 }), {
        trigger: afterWatermark({ late: afterCount(1) }),
        allowedLateness: { seconds: 10 },
        accumulation: "discarding",
      })
      .countPerKey("ClicksPerSession")
      .map("TallySessions", (session, ctx) => {
        ctx.counter("sessions").inc();
        return session;
      });
    clicks
      .window("Minutes", fixedWindows({ seconds: 10 }), {
        allowedLateness: { seconds: 10 },
        accumulation: "discarding",
      })
      .parDo("Visits", () => new VisitFn());
  },
});

interface Click {
  readonly user: string;
  readonly delay: number;
  readonly timestamp: number;
}

function clickOf(n: number, rate: number, keysPerMinute: number): Omit<Click, "timestamp"> {
  // A user clicks for a minute or so, then never again.
  const newest = Math.floor((n / rate / 60) * keysPerMinute);
  const user = `user ${newest + ((n * 7919) % keysPerMinute)}`;
  const delay = n % 100 === 0 ? ((n / 100) % 30) * 1000 : 0;
  return { user, delay };
}

class VisitFn extends DoFn<[string, Click], string> {
  private readonly clicks = this.combiningState({
    create: () => 0,
    add: (sum: number, n: number) => sum + n,
    merge: (a: number, b: number) => a + b,
    extract: (sum: number) => sum,
  });
  private readonly pages = this.bagState<number>();
  private readonly done = this.eventTimer((ctx) => {
    ctx.counter("visits").inc();
    ctx.output(`${ctx.key}: ${this.clicks.read()}`);
  });

  override process([, { timestamp }]: [string, Click], ctx: ProcessContext<string>): void {
    this.clicks.add(1);
    this.pages.add(timestamp);
    this.done.set(ctx.window.end - 1);
  }
}
