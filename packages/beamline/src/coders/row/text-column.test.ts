import { expect, test } from "vitest";
import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { writeUtf8WithLength } from "../../bytes/strings.js";
import { TextColumn } from "./text-column.js";

function columnOf(texts: readonly string[]): TextColumn {
  const out = new ByteWriter();
  for (const text of texts) writeUtf8WithLength(text, out);
  const input = new ByteReader(out.toBytes());
  const column = new TextColumn(texts.length);
  for (const row of texts.keys()) expect(column.read(row, input)).toBe(true);
  return column;
}

/** As many different ones, over and over. */
const textsOf = (rows: number, different: number, length: number) =>
  Array.from({ length: rows }, (_, i) => `${i % different} `.padEnd(length, "x"));

test("TextColumn counts the strings that rows share, each once", () => {
  const few = columnOf(textsOf(1000, 10, 5000));
  expect(few.size).toBeGreaterThan(10 * 2 * 5000);
  expect(few.size).toBeLessThan(11 * 2 * 5000);
  expect(columnOf(textsOf(1000, 1000, 5000)).size).toBeGreaterThan(1000 * 2 * 5000);
});

test("TextColumn counts only the characters of short strings once there are many", () => {
  const texts = textsOf(10_000, 10_000, 20);
  const column = columnOf(texts);
  expect(column.size).toBeGreaterThan(10_000 * 20);
  expect(column.size).toBeLessThan(10_000 * (20 + 5));
  const made = column.finish();
  expect(texts.map((_, row) => made.at(row))).toEqual(texts);
});
