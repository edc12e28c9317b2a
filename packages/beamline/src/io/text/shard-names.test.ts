import { expect, test } from "vitest";
import { isShardOf, shardName, temporaryFolder } from "./shard-names.js";

test("shardName is Beam's", () => {
  expect(shardName("out/part", 2, 12, ".txt")).toBe("out/part-00002-of-00012.txt");
  expect(shardName("part", 123_456, 200_000, "")).toBe("part-123456-of-200000");
});

test("isShardOf knows its own from everything else in the folder", () => {
  const is = (path: string) => isShardOf(path, "out/part", ".txt");
  expect(is("out/part-00002-of-00012.txt")).toBe(true);
  expect(is("out/part-123456-of-200000.txt")).toBe(true);
  for (const other of [
    "out/part-00002-of-00012",
    "out/part-00002-of-00012.txt.gz",
    "out/part-2-of-12.txt",
    "out/part-00002-of-00012-00001-of-00001.txt",
    "out/part-a-00002-of-00012.txt",
    "out/other-00002-of-00012.txt",
    "out/part-notes.txt",
    "out/part.txt",
  ]) {
    expect(is(other), other).toBe(false);
  }
});

test("temporaryFolder lies hidden beside the output, one for each", () => {
  expect(temporaryFolder("out/part", "")).toBe("out/.beamline-temp-part");
  expect(temporaryFolder("part", "")).toBe(".beamline-temp-part");
  expect(temporaryFolder("s3://bucket/part", ".txt")).toBe("s3://bucket/.beamline-temp-part@.txt");
  expect(temporaryFolder("part", ".a")).not.toBe(temporaryFolder("part", ".b"));
});
