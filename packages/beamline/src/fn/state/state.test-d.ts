import { varint } from "../../coders/varint.js";
import { sum } from "../../combiners/sum.js";
import { DoFn } from "../do-fn.js";

/** State and timers of `[K, V]` elements have the types of their coders and of the DoFn. */
export class Keyed extends DoFn<[string, number], string, { late: number }> {
  readonly value = this.valueState(varint);
  readonly map = this.mapState<string, boolean>();
  readonly total = this.combiningState(sum());
  readonly timer = this.eventTimer((ctx) => {
    const key: string = ctx.key;
    ctx.output(key);
    ctx.outputTo("late", 1);
    // @error: is not assignable to parameter of type 'string'
    ctx.output(1);
  });

  override process(): void {
    const n: number | undefined = this.value.read();
    const flag: boolean | undefined = this.map.get("key");
    const total: number = this.total.read();
    this.timer.set(total + (n ?? 0) + Number(flag), { tag: "tag" });
    // @error: is not assignable to parameter of type 'number'
    this.value.write("text");
  }
}

/** Elements without a key have none, and a sentence says so. */
export class Unkeyed extends DoFn<number, string> {
  readonly value = this.valueState(varint);

  override process(): void {
    // @error: state and timers need [K, V] elements
    this.value.read();
  }
}
