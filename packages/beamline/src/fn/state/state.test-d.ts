import { describe, expectTypeOf, test } from "vitest";
import { varint } from "../../coders/varint.js";
import { mean } from "../../combiners/mean.js";
import type { ProcessContext } from "../context.js";
import { DoFn } from "../do-fn.js";
import type { BagState, CombiningState, MapState, ValueState } from "./state-types.js";
import type { Timer } from "./timer-types.js";

describe("state fields", () => {
  test("have the types of their coders and combiners", () => {
    class Keyed extends DoFn<[string, number], string, { late: number }> {
      readonly value = this.valueState(varint);
      readonly free = this.bagState<{ a: number }>();
      readonly average = this.combiningState(mean());
      readonly map = this.mapState<string, boolean>();
      readonly timer = this.eventTimer((ctx) => {
        expectTypeOf(ctx.key).toEqualTypeOf<string>();
        ctx.output("text");
        ctx.outputTo("late", 1);
        // @ts-expect-error: the DoFn emits texts
        ctx.output(1);
      });

      override process(_pair: [string, number], _ctx: ProcessContext<string, { late: number }>) {
        expectTypeOf(this.value).toEqualTypeOf<ValueState<number>>();
        expectTypeOf(this.free).toEqualTypeOf<BagState<{ a: number }>>();
        expectTypeOf(this.average).toMatchTypeOf<CombiningState<number, unknown>>();
        expectTypeOf(this.map).toEqualTypeOf<MapState<string, boolean>>();
        expectTypeOf(this.timer).toEqualTypeOf<Timer>();
      }
    }
    expectTypeOf<Keyed>().toMatchTypeOf<{ readonly timer: Timer }>();
  });

  test("are a sentence where elements have no key", () => {
    class Unkeyed extends DoFn<number, string> {
      readonly value = this.valueState(varint);

      override process(): void {
        expectTypeOf(
          this.value,
        ).toEqualTypeOf<"state and timers need [K, V] elements: call keyBy() first, and extend DoFn<[K, V], Out>">();
      }
    }
    expectTypeOf<Unkeyed>().not.toBeAny();
  });
});
