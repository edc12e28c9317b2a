import { expect, test } from "vitest";
import { ByteReader } from "../bytes/byte-reader.js";
import { ByteWriter } from "../bytes/byte-writer.js";
import { type ElementMeta, GLOBAL_FIRING_META, IMPULSE_META } from "../model/element-meta.js";
import { NO_FIRING } from "../model/pane.js";
import { END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP, MIN_TIMESTAMP } from "../model/time.js";
import { MetaReader, writeMeta } from "./meta-codec.js";

const interval = (start: number, end: number) => ({ kind: "interval" as const, start, end });

const METAS: readonly ElementMeta[] = [
  IMPULSE_META,
  GLOBAL_FIRING_META,
  { timestamp: -1, windows: [interval(-60_000, 0)], pane: NO_FIRING },
  { timestamp: 1_700_000_000_123, windows: [interval(0, 5), interval(5, 10)], pane: NO_FIRING },
  {
    timestamp: MAX_TIMESTAMP,
    windows: [interval(MIN_TIMESTAMP, END_OF_GLOBAL_WINDOW)],
    pane: { timing: "early", isFirst: false, isLast: false, index: 300, onTimeIndex: -1 },
  },
  {
    timestamp: 0,
    windows: [interval(0, 1)],
    pane: { timing: "late", isFirst: false, isLast: true, index: 2, onTimeIndex: 1 },
  },
];

test("writeMeta and MetaReader keep timestamps, windows and panes", () => {
  const out = new ByteWriter(16);
  for (const meta of METAS) writeMeta(meta, out);
  const input = new ByteReader(out.toBytes());
  const reader = new MetaReader();
  expect(METAS.map(() => reader.read(input))).toEqual(METAS);
  expect(input.remaining).toBe(0);
});

test("MetaReader gives equal metas in a row as one object", () => {
  const out = new ByteWriter(16);
  const meta: ElementMeta = { timestamp: 7, windows: [interval(0, 10)], pane: NO_FIRING };
  for (let i = 0; i < 3; i++) writeMeta({ ...meta }, out);
  const input = new ByteReader(out.toBytes());
  const reader = new MetaReader();
  const first = reader.read(input);
  expect(reader.read(input)).toBe(first);
  expect(reader.read(input).windows).toBe(first.windows);
});
