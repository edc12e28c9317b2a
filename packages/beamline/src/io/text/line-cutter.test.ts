import { expect, test } from "vitest";
import { LineCutter, type LineCutterOptions } from "./line-cutter.js";

function cutterInto(lines: string[], options: Partial<LineCutterOptions> = {}): LineCutter {
  return new LineCutter({
    path: "a.txt",
    offset: 0,
    skipFirst: false,
    claim: () => true,
    end: () => Number.POSITIVE_INFINITY,
    emit: (line) => lines.push(line),
    ...options,
  });
}

test("LineCutter emits lines in bursts and can be used again after each", () => {
  const lines: string[] = [];
  const cutter = cutterInto(lines);
  cutter.take(Buffer.from("x\n".repeat(10_000)));
  expect(cutter.emitSome()).toBe(true);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThan(10_000);
  while (cutter.emitSome());
  expect(lines).toHaveLength(10_000);
});

test("LineCutter keeps what it needs of a block that is used again", () => {
  const lines: string[] = [];
  const cutter = cutterInto(lines);
  const block = Buffer.alloc(4);
  for (const part of ["ab\nc", "defg", "h\nij"]) {
    block.write(part, "latin1");
    cutter.take(block);
    while (cutter.emitSome());
  }
  cutter.endOfFile();
  expect(lines).toEqual(["ab", "cdefgh", "ij"]);
});

test("LineCutter stops for good at the first line that it may not have", () => {
  const lines: string[] = [];
  const cutter = cutterInto(lines, { claim: (position) => position < 4 });
  cutter.take(Buffer.from("a\nb\nc\nd\n"));
  expect(cutter.emitSome()).toBe(false);
  expect(cutter.done).toBe(true);
  expect(lines).toEqual(["a", "b"]);
});

test("LineCutter does not ask for more once the rest belongs to others", () => {
  const cutter = cutterInto([], { offset: 9, skipFirst: true, end: () => 12 });
  cutter.take(Buffer.from("abc"));
  expect(cutter.done).toBe(true);
});

test("LineCutter throws LINE_TOO_LONG with file and position", () => {
  const cutter = cutterInto([], { longest: 10 });
  cutter.take(Buffer.from("short\nlonger"));
  while (cutter.emitSome());
  cutter.take(Buffer.from("than that"));
  expect(() => cutter.emitSome()).toThrow(
    expect.objectContaining({
      code: "LINE_TOO_LONG",
      message: expect.stringMatching(/^Cannot read "a.txt": the line at byte 6 is longer/),
    }),
  );
});

/** Cuts `content` in blocks of `size`; lines that come as bytes have a `b` before them. */
function cutBytes(content: Buffer, size: number): string[] {
  const lines: string[] = [];
  const cutter = cutterInto(lines, {
    emitText: (bytes, start, end) => lines.push(`b${bytes.toString("utf8", start, end)}`),
  });
  for (let at = 0; at < content.length; at += size) {
    cutter.take(content.subarray(at, at + size));
    while (cutter.emitSome());
  }
  cutter.endOfFile();
  return lines;
}

test("LineCutter emits lines as bytes where they lie in a block and are well-formed", () => {
  const content = Buffer.from("one\r\n\nné\nlast");
  expect(cutBytes(content, 100)).toEqual(["bone", "b", "bné", "last"]);
  const broken = Buffer.concat([
    Buffer.from("one\nn"),
    Buffer.from([0xe9]),
    Buffer.from("\ntwo\n"),
  ]);
  expect(cutBytes(broken, 100)).toEqual(["one", "n\ufffd", "two"]);
});

test("LineCutter emits the same lines as bytes and as strings, whatever the size of its blocks", () => {
  const content = Buffer.from("\ufeffmarked\nné\r\n\n😀 and 中\n\ufeffinside\nend");
  const lines = ["marked", "né", "", "😀 and 中", "\ufeffinside", "end"];
  for (let size = 1; size <= content.length + 1; size++) {
    expect(cutBytes(content, size).map((line) => line.replace(/^b/, ""))).toEqual(lines);
  }
  const [first] = cutBytes(content, 100);
  expect(first).toBe("marked");
});
