import { expect, test } from "vitest";
import { BackOff } from "./back-off.js";

function clockThatTicks(stepMs: number) {
  let now = 0;
  return {
    now: () => {
      now += stepMs;
      return now;
    },
  };
}

test("BackOff gives up when a series of failures has lasted too long", async () => {
  const backOff = new BackOff({
    firstMs: 1,
    longestMs: 1,
    patienceMs: 50,
    clock: clockThatTicks(10),
  });
  let pauses = 0;
  while (await backOff.failed()) pauses++;
  expect(pauses).toBeGreaterThan(1);
  expect(backOff.failingMs).toBeGreaterThanOrEqual(50);
});

test("BackOff begins a new series after a success", async () => {
  const backOff = new BackOff({
    firstMs: 1,
    longestMs: 1,
    patienceMs: 50,
    clock: clockThatTicks(10),
  });
  for (let i = 0; i < 20; i++) {
    expect(await backOff.failed()).toBe(true);
    backOff.succeeded();
    expect(backOff.failingMs).toBe(0);
  }
});

test("BackOff stops waiting when it is told to", async () => {
  const backOff = new BackOff({ firstMs: 60_000 });
  const abort = new AbortController();
  const failed = backOff.failed(abort.signal);
  abort.abort();
  await expect(failed).rejects.toThrow("aborted");
});
