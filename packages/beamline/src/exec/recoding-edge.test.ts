import { expect, test } from "vitest";
import type { Coder } from "../coders/coder.js";
import type { BundleContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { collect } from "../testing/collect.js";

/** Decodes to views of the encoded bytes, as a coder of a user may. */
const views: Coder<Uint8Array> = {
  urn: "beamline:test:views:v1",
  components: [],
  deterministic: true,
  encode(value, out) {
    out.writeVarint(value.length);
    out.writeBytes(value);
  },
  decode: (input) => input.readBytes(input.readLength()),
};

/** Keeps every element until the bundle ends. */
class Keep extends DoFn<Uint8Array, string> {
  private kept: Uint8Array[] = [];

  override startBundle() {
    this.kept = [];
  }

  override process(element: Uint8Array) {
    this.kept.push(element);
  }

  override finishBundle(ctx: BundleContext<string>) {
    for (const element of this.kept) ctx.output(element.join());
  }
}

test("recodingEdge gives each element bytes of its own, which later elements leave alone", async () => {
  const elements = await collect((p) =>
    p
      .create([[1, 2, 3]])
      .flatMap((numbers) => numbers.map((n): Uint8Array => new Uint8Array([n, n])))
      .withCoder(views)
      .parDo(() => new Keep()),
  );
  expect(elements.sort()).toEqual(["1,1", "2,2", "3,3"]);
});

test("recodingEdge gives a step a copy, so that what it changes stays its own", async () => {
  const elements = await collect((p) => {
    const lists = p.create([[1]]);
    const changed = lists.map("Change", (list) => {
      list.push(2);
      return list.length;
    });
    return changed.flatten(
      lists.map("Look", (list) => list.length),
      lists.map("ChangeToo", (list) => list.push(2, 3)),
    );
  });
  expect(elements.sort()).toEqual([1, 2, 3]);
});

test("recodingEdge encodes also what no step takes", async () => {
  const run = collect((p) => {
    const numbers = p.create([1]);
    numbers.map("Unused", () => () => 1);
    return numbers;
  });
  await expect(run).rejects.toThrow('Cannot run "Unused"');
});
