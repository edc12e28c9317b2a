import { describe, expect, test } from "vitest";
import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import { kv } from "../coders/kv.js";
import { stringUtf8 } from "../coders/string-utf8.js";
import { DoFn } from "../fn/do-fn.js";
import { isStateful } from "../fn/do-fn-signature.js";
import { sessions } from "../windowing/windows.js";
import { Pipeline } from "./pipeline.js";

type Pair = [string, number];

class Counts extends DoFn<Pair, number> {
  readonly count = this.valueState<number>();
  readonly flush = this.eventTimer(() => undefined);

  override process(): void {}
}

const pairs = (p: Pipeline) => p.create<Pair>([["a", 1]]);

describe("parDo with state", () => {
  test("knows cells and timers by the names of their fields", () => {
    class Named extends Counts {
      readonly #hidden = this.bagState<number>();
      override readonly requiresStableInput = true;

      override process(): void {
        this.#hidden.add(1);
      }

      override onWindowExpiration(): void {}
    }
    const p = new Pipeline("named");
    pairs(p).parDo("Named", () => new Named());
    const node = p.toGraph().transforms.get("Named");
    if (node?.kind !== "parDo" || node.fn.kind !== "doFn") throw new Error("no DoFn");
    const { signature } = node.fn;
    expect(isStateful(signature)).toBe(true);
    expect(signature?.cells.map(({ name, spec }) => [name, spec.kind])).toEqual([
      ["count", "value"],
      ["state1", "bag"],
    ]);
    expect(signature?.timers).toEqual([{ name: "flush", domain: "event-time" }]);
    expect(signature).toMatchObject({ onWindowExpiration: true, requiresStableInput: true });
  });

  test("gives its input a deterministic key", () => {
    const p = new Pipeline("keyed");
    const input = pairs(p);
    input.parDo(() => new Counts());
    const coder = p.toGraph().pcollections.get(input.id)?.coder;
    expect(coder?.components[0]?.deterministic).toBe(true);
  });

  test("refuses elements that are no pairs", () => {
    const p = new Pipeline("unkeyed");
    const texts = p.create(["a"], { coder: stringUtf8 }) as never as ReturnType<typeof pairs>;
    texts.parDo("Count", () => new Counts());
    expect(() => p.toGraph()).toThrow(
      'Cannot keep state or set timers in "Count": its input has the coder beam:coder:string_utf8:v1',
    );
  });

  test("refuses keys whose coder is not deterministic", () => {
    const vague: Coder<string> = {
      ...stringUtf8,
      urn: "vague",
      components: [],
      deterministic: false,
      encode() {},
      decode: () => "",
    };
    const p = new Pipeline("vague");
    const coder = kv(vague, js) as Coder<Pair>;
    p.create<Pair>([], { coder }).parDo("Count", () => new Counts());
    expect(() => p.toGraph()).toThrow("Cannot use the coder vague for keys");
  });

  test("refuses windows that merge, until they have", () => {
    const p = new Pipeline("merging");
    const windowed = pairs(p).window(sessions(1000));
    expect(() => windowed.parDo("Count", () => new Counts())).toThrow(
      'Cannot keep state or set timers in "Count": its input is in sessions windows, which merge',
    );
    const grouped = windowed.groupByKey().map(([key]): Pair => [key, 1]);
    expect(() => grouped.parDo("Later", () => new Counts())).not.toThrow();
  });

  test("refuses state in a splittable DoFn", () => {
    class Both extends Counts {
      initialRestriction() {
        return null;
      }
    }
    const p = new Pipeline("both");
    expect(() => pairs(p).parDo("Both", () => new Both())).toThrow(
      'Cannot apply "Both": it is splittable and declares state or timers',
    );
  });

  test("refuses two fields of one name", () => {
    class Twice extends Counts {
      readonly #one = this.bagState<number>();
      readonly state1 = this.bagState<number>();

      override process(): void {
        this.#one.clear();
      }
    }
    class Collides extends DoFn<Pair, number> {
      readonly state1 = this.valueState<number>();
      readonly #two = this.bagState<number>();

      override process(): void {
        this.#two.clear();
      }
    }
    expect(new Twice()).toBeDefined();
    const p = new Pipeline("twice");
    expect(() => pairs(p).parDo("Count", () => new Collides())).toThrow(
      'two of its state and timer fields are named "state1"',
    );
  });
});
