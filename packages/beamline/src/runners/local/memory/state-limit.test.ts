import { expect, test } from "vitest";
import { stringUtf8 } from "../../../coders/string-utf8.js";
import { DoFn } from "../../../fn/do-fn.js";
import { collect } from "../../../testing/collect.js";
import { testStream } from "../../../testing/test-stream.js";
import { fixedWindows } from "../../../windowing/windows.js";

const MIB = 2 ** 20;
const LARGE = "x".repeat(MIB);

/** Keeps everything that it sees. */
class Hoarder extends DoFn<[string, string], string> {
  readonly all = this.bagState(stringUtf8);

  override process([, text]: [string, string]): void {
    this.all.add(text);
  }
}

/** A megabyte for each of so many keys, before any window ends. */
const stream = (keys: number) =>
  testStream<[string, string]>().add(
    ...Array.from({ length: keys }, (_, i): [[string, string], number] => [[`key ${i}`, LARGE], i]),
  );

test("a stream whose windows hold more than its memory fails, and says what to do", async () => {
  const grouped = (keys: number) =>
    collect(
      (p) =>
        p
          .apply(stream(keys))
          .window(fixedWindows(1000))
          .groupByKey("Gather")
          .map(([key]) => key),
      { memory: 16 * MIB },
    );
  expect(await grouped(10)).toHaveLength(10);
  await expect(grouped(20)).rejects.toThrow(
    'Cannot keep the state of "Gather": what the job\'s steps keep for their keys takes more than its memory, 17 MB; have windows, timers or clear() end it sooner, or give the job more --memory',
  );
});

test("state that is larger than a stream's memory is an error of its own", async () => {
  const hoarded = (keys: number) =>
    collect((p) => p.apply(stream(keys)).parDo("Hoard", () => new Hoarder()), {
      memory: 16 * MIB,
    });
  expect(await hoarded(10)).toEqual([]);
  await expect(hoarded(20)).rejects.toMatchObject({ code: "STATE_TOO_LARGE" });
});
