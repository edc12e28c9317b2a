import { basename, join } from "node:path";
import { expect, test } from "vitest";
import distinct from "./distinct.js";
import logReport from "./log-report.js";
import { runExample } from "./run-example.js";
import tfIdf from "./tf-idf.js";
import topSessions from "./top-sessions.js";
import wordcount from "./wordcount.js";

test("wordcount counts words, apostrophes included, over all files", async () => {
  await runExample(
    wordcount,
    { "a.txt": "The king's men,\nthe king!\n", "b.txt": "king" },
    (folder) => ({ input: join(folder, "*.txt"), output: join(folder, "counts") }),
    async ({ lines }) => {
      expect(await lines("counts")).toEqual(["The: 1", "king's: 1", "king: 2", "men: 1", "the: 1"]);
    },
  );
});

test("distinct writes each word once, whatever is around it and wherever it occurs", async () => {
  await runExample(
    distinct,
    { "a.txt": "to be or\tnot  to be\r\n\n  To be,\n", "b.txt": "not\u00a0be caf\u00e9 caf\u00e9" },
    (folder) => ({ input: join(folder, "*.txt"), output: join(folder, "words") }),
    async ({ lines }) => {
      expect(await lines("words")).toEqual(["To", "be", "be,", "caf\u00e9", "not", "or", "to"]);
    },
  );
});

test("tf-idf ranks what only one document says above what all of them say", async () => {
  await runExample(
    tfIdf,
    {
      "cats.txt": "the cat and the cat\nsat",
      "dogs.txt": "the dog and the dog\nran",
    },
    (folder) => ({ input: join(folder, "*.txt"), output: join(folder, "terms"), terms: 2 }),
    async ({ lines }) => {
      const found = (await lines("terms")).map((line) => JSON.parse(line));
      const byName = Object.fromEntries(
        found.map(({ document, terms }) => [basename(document), terms]),
      );
      // "cat" is 2 of 6 words and in 1 of 2 documents.
      expect(byName["cats.txt"]).toEqual([
        ["cat", (2 / 6) * Math.log(2)],
        ["sat", (1 / 6) * Math.log(2)],
      ]);
      expect(byName["dogs.txt"].map(([term]: [string]) => term)).toEqual(["dog", "ran"]);
    },
  );
});

test("log-report joins requests with countries and sets malformed lines aside", async () => {
  const request = (user: string, status: number, bytes: number | "-") =>
    `10.0.0.1 - ${user} [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" ${status} ${bytes}`;
  await runExample(
    logReport,
    {
      "access.log": [
        request("ann", 200, 100),
        request("ann", 503, "-"),
        "not a log line",
        request("bob", 200, 50),
        request("eve", 404, 1),
      ].join("\n"),
      "users.csv": "ann,NO\nbob,NO\ncyd,IT\n",
    },
    (folder) => ({
      logs: join(folder, "access.log"),
      users: join(folder, "users.csv"),
      output: join(folder, "report"),
    }),
    async ({ lines, result }) => {
      expect(await lines("report-00000")).toEqual([
        "NO,3,1,150",
        "country,requests,errors,bytes",
        "unknown,1,0,1",
      ]);
      expect(await lines("report-malformed")).toEqual(["not a log line"]);
      expect(result.counters).toEqual([{ transform: "Parse", name: "malformed", value: 1 }]);
    },
  );
});

test("top-sessions cuts visits at idle gaps and reports the longest first", async () => {
  const view = (time: string, user: string) => `2026-11-22T${time}:00Z\t${user}\t/home`;
  await runExample(
    topSessions,
    {
      "views.tsv": [
        view("10:20", "ann"),
        view("10:00", "ann"),
        view("12:00", "ann"),
        view("10:00", "bob"),
        view("10:29", "bob"),
        view("10:58", "bob"),
        "garbage",
      ].join("\n"),
    },
    (folder) => ({ input: join(folder, "views.tsv"), output: join(folder, "top"), top: 2 }),
    async ({ lines, result }) => {
      expect((await lines("top")).map((line) => JSON.parse(line))).toEqual([
        { user: "ann", start: "2026-11-22T10:00:00.000Z", minutes: 20, pages: 2 },
        { user: "bob", start: "2026-11-22T10:00:00.000Z", minutes: 58, pages: 3 },
      ]);
      expect(result.counters[0]?.value).toBe(1);
    },
  );
});
