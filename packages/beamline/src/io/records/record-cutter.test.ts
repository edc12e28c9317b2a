import { describe, expect, test } from "vitest";
import { OffsetRangeTracker, splitOffsetRange } from "../../fn/offset-range.js";
import type { Quoting } from "./quoting.js";
import { RecordCutter } from "./record-cutter.js";

/** Numbers in [0, 1), the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const CSV: Quoting = { quote: 0x22, escaping: 0x22, delimiter: 0x2c };

interface Cut {
  readonly text: string;
  readonly position: number;
  readonly line: number;
}

interface Options {
  readonly range?: readonly [number, number];
  readonly blockSize?: number;
  readonly longest?: number;
  readonly quoting?: Quoting;
}

function cut(content: Buffer, options: Options = {}) {
  const { range = [0, content.length], blockSize = 7, longest = 1e6, quoting } = options;
  const [start] = range;
  const tracker = new OffsetRangeTracker(range);
  const records: Cut[] = [];
  const refused: (Cut & { readonly reason: string })[] = [];
  const offset = Math.max(0, start - 1);
  const cutter = new RecordCutter({
    offset,
    skipFirst: start > 0,
    claim: (position) => tracker.tryClaim(position),
    end: () => tracker.currentRestriction()[1],
    longest,
    quoting,
    emit: (text, position, line) => records.push({ text, position, line }),
    refuse: (reason, text, position, line) => refused.push({ reason, text, position, line }),
  });
  // The same memory again and again, as a file system's.
  const memory = Buffer.alloc(blockSize);
  for (let at = offset; at < content.length && !cutter.done; at += blockSize) {
    const length = Math.min(blockSize, content.length - at);
    content.copy(memory, 0, at, at + length);
    cutter.take(memory.subarray(0, length));
    while (cutter.cutSome());
    memory.fill(0x21);
  }
  if (!cutter.done) {
    cutter.endOfFile();
    while (cutter.cutSome());
  }
  return { records, refused };
}

const textsOf = (content: string, options?: Options) =>
  cut(Buffer.from(content), options).records.map(({ text }) => text);

describe("RecordCutter", () => {
  test("gives each record to the range in which it begins, whatever the blocks", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomOf(seed);
      const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? "";
      const lines = Array.from({ length: Math.floor(random() * 30) }, () =>
        Array.from({ length: Math.floor(random() * 12) }, () => pick(["a", "b", "ä", "😀"])).join(
          "",
        ),
      );
      const mark = random() < 0.5 ? "\ufeff" : "";
      const body = lines.map((line) => line + pick(["\n", "\r\n"])).join("");
      const content = Buffer.from(mark + body + pick(["", "end"]));
      const expected = body === "" && !content.includes("end") ? [] : [...lines];
      if (content.includes("end")) expected.push("end");
      for (const parts of [1, 3, 10]) {
        const ranges = splitOffsetRange([0, content.length], parts, 1);
        const blockSize = 1 + Math.floor(random() * 20);
        const records = ranges
          .filter(([start, end]) => start < end)
          .flatMap((range) => cut(content, { range, blockSize }).records);
        expect(records.map(({ text }) => text)).toEqual(expected);
      }
      const whole = cut(content).records;
      expect(whole.map(({ line }) => line)).toEqual(expected.map((_, i) => i));
      for (const { text, position } of whole) {
        const from = position === 0 && mark !== "" ? 3 : position;
        expect(content.toString("utf8", from, from + Buffer.byteLength(text))).toBe(text);
      }
    }
  });

  test("keeps newlines in quotes, whatever the blocks", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomOf(seed);
      const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? "";
      const field = () => {
        const value = Array.from({ length: Math.floor(random() * 6) }, () =>
          pick(["a", "\n", "\r\n", '"', ",", "€"]),
        ).join("");
        const isPlain = !/[\n\r",]/.test(value) && random() < 0.7;
        return isPlain ? value : `"${value.replaceAll('"', '""')}"`;
      };
      const records = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
        Array.from({ length: 1 + Math.floor(random() * 4) }, field).join(","),
      );
      const content = records.map((record) => `${record}\n`).join("");
      const ended = random() < 0.5 ? content : content.slice(0, -1);
      const expected = ended === content || records.at(-1) !== "" ? records : records.slice(0, -1);
      const blockSize = 1 + Math.floor(random() * 20);
      expect(textsOf(ended, { quoting: CSV, blockSize }), `seed ${seed}`).toEqual(expected);
    }
  });

  test("knows a quote that an escape has taken the meaning of", () => {
    const quoting = { ...CSV, escaping: 0x5c };
    expect(textsOf('"a\\"\nb",c\n"d\\\\"\ne\n', { quoting })).toEqual([
      '"a\\"\nb",c',
      '"d\\\\"',
      "e",
    ]);
  });

  test("sees no quotes inside of unquoted fields and comments", () => {
    const quoting = { ...CSV, comment: Buffer.from("#") };
    expect(textsOf('5" pipe,a\n# "x\nb,6"\n', { quoting })).toEqual(['5" pipe,a', '# "x', 'b,6"']);
  });

  test("refuses a quote that is never closed, and goes on behind its line", () => {
    const { records, refused } = cut(Buffer.from('a\n"b,1\nc\nd'), { quoting: CSV });
    expect(records.map(({ text, line }) => [text, line])).toEqual([
      ["a", 0],
      ["c", 2],
      ["d", 3],
    ]);
    expect(refused).toEqual([
      { text: '"b,1', position: 2, line: 1, reason: expect.stringContaining("never closed") },
    ]);
  });

  test.each([undefined, CSV])(
    "refuses what is longer than allowed, and goes on (%j)",
    (quoting) => {
      for (const blockSize of [1, 3, 1000]) {
        const content = Buffer.from(`ab\n${"x".repeat(50)}\ncd\n`);
        const options = { longest: 10, blockSize, ...(quoting === undefined ? {} : { quoting }) };
        const { records, refused } = cut(content, options);
        expect(records.map(({ text, line }) => [text, line])).toEqual([
          ["ab", 0],
          ["cd", 2],
        ]);
        expect(refused).toEqual([
          expect.objectContaining({
            position: 3,
            line: 1,
            reason: expect.stringMatching(/10 bytes/),
          }),
        ]);
      }
    },
  );

  test("refuses what is not UTF-8, and takes U+FFFD itself", () => {
    const content = Buffer.concat([
      Buffer.from("ok \ufffd\n"),
      Buffer.from([0x61, 0xff, 0x0a]),
      Buffer.from("ä\n"),
    ]);
    const { records, refused } = cut(content);
    expect(records.map(({ text }) => text)).toEqual(["ok \ufffd", "ä"]);
    expect(refused).toEqual([{ text: "a\ufffd", position: 7, line: 1, reason: "it is not UTF-8" }]);
  });
});
