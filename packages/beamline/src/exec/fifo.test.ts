import { expect, test } from "vitest";
import { Fifo } from "./fifo.js";

test("Fifo gives items back in order, over any mix of pushes and shifts", () => {
  const fifo = new Fifo<number>();
  let pushed = 0;
  let shifted = 0;
  for (let round = 0; round < 300; round++) {
    for (let i = 0; i < (round * 7) % 31; i++) fifo.push(pushed++);
    for (let i = 0; i < (round * 11) % 29; i++) {
      const expected = shifted < pushed ? shifted++ : undefined;
      expect(fifo.peek()).toBe(expected);
      expect(fifo.shift()).toBe(expected);
    }
    expect(fifo.length).toBe(pushed - shifted);
  }
  fifo.clear();
  expect(fifo.length).toBe(0);
  expect(fifo.shift()).toBeUndefined();
  expect(fifo.peek()).toBeUndefined();
});
