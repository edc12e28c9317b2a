import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { runLocal } from "beamline/runners/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compare, pipeline } from "./pipelines/convert.mjs";

const CONVERT_URL = new URL("./pipelines/convert.mjs", import.meta.url).href;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("files are split, read and written on worker threads, bad records beside them", async () => {
  const line = (i: number) =>
    JSON.stringify({
      sensor: `s${i % 7}, "${i}"\n`,
      at: new Date(1.7e12 + i).toISOString(),
      value: i % 5 === 0 ? null : i / 3,
      run: i,
    });
  const lines = Array.from({ length: 60_000 }, (_, i) => line(i));
  writeFileSync(join(folder, "large.jsonl"), `${lines.slice(1000).join("\n")}\n{"sensor":1}\n`);
  writeFileSync(join(folder, "small.jsonl.gz"), gzipSync(`${lines.slice(0, 1000).join("\n")}\n?`));
  const options = { input: join(folder, "*.jsonl*"), output: join(folder, "out") };
  const converted = await runLocal(pipeline.toGraph(options), {
    code: { url: CONVERT_URL, exportName: "pipeline", options },
    workers: 2,
    workerThreads: "always",
  });
  expect(converted).toMatchObject({ state: "done", workers: 2, retries: 0 });

  const compared = await runLocal(compare.toGraph(options), {
    code: { url: CONVERT_URL, exportName: "compare", options },
    workers: 2,
    workerThreads: "always",
  });
  expect(compared).toMatchObject({ state: "done", retries: 0 });
  const contentOf = (prefix: string) => {
    const names = readdirSync(options.output).filter((name) => name.startsWith(prefix));
    expect(names).toHaveLength(1);
    return readFileSync(join(options.output, names[0] ?? ""), "utf8");
  };
  expect(contentOf("count")).toBe(`n\n${lines.length}\n`);
  const bad = contentOf("bad").trimEnd().split("\n");
  const places = bad
    .map((text) => JSON.parse(text))
    .map(({ file, raw, line }) => [file, raw, line]);
  expect(places).toEqual(
    expect.arrayContaining([
      [join(folder, "large.jsonl"), '{"sensor":1}', undefined],
      [join(folder, "small.jsonl.gz"), "?", 1001],
    ]),
  );
  expect(places).toHaveLength(2);
});
