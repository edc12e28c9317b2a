import { expect, test } from "vitest";
import type { ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { poll } from "../transforms/poll.js";
import { collect } from "./collect.js";
import { FakeClock } from "./fake-clock.js";

class Remind extends DoFn<[string, number], string> {
  private readonly later = this.processingTimer((ctx) => ctx.output(`${ctx.key} an hour later`));

  override process([key]: [string, number], ctx: ProcessContext<string>): void {
    ctx.output(`${key} now`);
    this.later.setIn({ hours: 1 });
  }
}

test("a FakeClock makes hours of processing time pass at once", async () => {
  const clock = new FakeClock();
  const seen: string[] = [];
  let looks = 0;
  const turning = setInterval(() => clock.advance({ minutes: 10 }), 1);
  const reminders = await collect(
    (p) =>
      p
        .apply(
          poll<[string, number], null>("Once", {
            start: null,
            every: { minutes: 20 },
            async look() {
              looks++;
              return {
                elements: looks === 1 ? [["a", 1]] : [],
                cursor: null,
                isDone: seen.length === 2,
              };
            },
          }),
        )
        .parDo("Remind", () => new Remind())
        .map("See", (text) => {
          seen.push(text);
          return text;
        }),
    { clock },
  );
  clearInterval(turning);
  expect(reminders).toEqual(["a now", "a an hour later"]);
  expect(looks).toBeGreaterThan(2);
});
