import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commitShards, type ShardedOutput } from "./commit-shards.js";
import { ShardFile } from "./shard-file.js";
import { text } from "./text.js";

let folder = "";
let hidden = "";
let output: ShardedOutput;
const signal = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-show-"));
  hidden = join(folder, ".beamline-temp-out");
  const none = Buffer.alloc(0);
  const format = { folder: hidden, header: none, footer: none };
  output = { prefix: join(folder, "out"), suffix: "", format };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function contents(): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.startsWith("out"));
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

/** An output of three shards whose commit came to an end after the first name. */
async function stopInTheMidst(): Promise<() => Promise<string[]>> {
  writeFileSync(join(folder, "out-00000-of-00003"), "old\n");
  writeFileSync(join(folder, "out-00002-of-00003"), "old\n");
  const files = await Promise.all(
    ["a", "b", "c"].map(async (line) => {
      const file = new ShardFile(output.format);
      await file.add(line);
      return file.finish();
    }),
  );
  const shards = files.map((file) => [file]);
  const commit = () => commitShards(output, shards, signal);
  // The second name is taken by a folder.
  mkdirSync(join(folder, "out-00001-of-00003/x"), { recursive: true });
  await expect(commit()).rejects.toMatchObject({ code: expect.stringMatching(/IS_A_DIR|FAILED/) });
  rmSync(join(folder, "out-00001-of-00003"), { recursive: true });
  return commit;
}

const whole = {
  "out-00000-of-00003": "a\n",
  "out-00001-of-00003": "b\n",
  "out-00002-of-00003": "c\n",
};

describe("an output of which not all shards have got their names", () => {
  test("shows none of an earlier run, and keeps what is complete", async () => {
    await stopInTheMidst();
    expect(Object.values(contents())).not.toContain("old\n");
    await text.write(output.prefix).hooks?.abandon?.();
    expect(existsSync(join(hidden, "commit.json"))).toBe(true);
  });

  test("is completed by the next attempt", async () => {
    const commit = await stopInTheMidst();
    expect(await commit()).toHaveLength(3);
    expect(contents()).toEqual(whole);
    expect(existsSync(hidden)).toBe(false);
  });

  test("is completed by the next run before it begins, once", async () => {
    await stopInTheMidst();
    const { hooks } = text.write(output.prefix);
    await hooks?.prepare?.();
    expect(contents()).toEqual(whole);
    expect(existsSync(hidden)).toBe(false);
    await hooks?.prepare?.();
    expect(contents()).toEqual(whole);
  });

  test("gives way to the next run where a complete file is gone", async () => {
    await stopInTheMidst();
    const { moves } = JSON.parse(readFileSync(join(hidden, "commit.json"), "utf8"));
    for (const { from } of moves) {
      if (existsSync(from.path)) renameSync(from.path, join(folder, "elsewhere"));
    }
    await text.write(output.prefix).hooks?.prepare?.();
    expect(existsSync(hidden)).toBe(false);
  });
});
