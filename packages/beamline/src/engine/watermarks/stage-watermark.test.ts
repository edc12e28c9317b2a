import { describe, expect, test } from "vitest";
import { MAX_TIMESTAMP, MIN_TIMESTAMP } from "../../model/time.js";
import { earliest, StageWatermark } from "./stage-watermark.js";

const END = MAX_TIMESTAMP;

describe("StageWatermark", () => {
  test("starts at the beginning of time", () => {
    const watermark = new StageWatermark();
    expect([watermark.input, watermark.output]).toEqual([MIN_TIMESTAMP, MIN_TIMESTAMP]);
  });

  test("takes the least of upstream and pending in, and holds the output back", () => {
    const watermark = new StageWatermark();
    expect(watermark.advance({ upstream: 10, pending: 7, hold: 3 })).toBe(true);
    expect([watermark.input, watermark.output]).toEqual([7, 3]);
    expect(watermark.advance({ upstream: 10, pending: END, hold: END })).toBe(true);
    expect([watermark.input, watermark.output]).toEqual([10, 10]);
  });

  test("never falls, whatever comes in late", () => {
    const watermark = new StageWatermark();
    watermark.advance({ upstream: 10, pending: END, hold: END });
    expect(watermark.advance({ upstream: 10, pending: 2, hold: 1 })).toBe(false);
    expect([watermark.input, watermark.output]).toEqual([10, 10]);
  });

  test("output never passes input", () => {
    const watermark = new StageWatermark();
    watermark.advance({ upstream: 5, pending: END, hold: END });
    expect(watermark.output).toBe(5);
  });
});

describe("earliest", () => {
  test("is the end of time of nothing, and leaves out what is unknown", () => {
    expect(earliest([])).toBe(END);
    expect(earliest([undefined, 4, 2, undefined])).toBe(2);
  });
});
