import { describe, expect, test } from "vitest";
import { pathOf } from "../file-systems.js";
import { parseS3Path, s3Path } from "./s3-path.js";

describe("s3Path", () => {
  test("takes keys as they are, and Hadoop's names of the scheme", () => {
    expect(parseS3Path("s3://bucket/a%20b//c?d#e")).toEqual({
      bucket: "bucket",
      key: "a%20b//c?d#e",
    });
    expect(pathOf("s3a://bucket/a")).toBe("s3://bucket/a");
    expect(pathOf("S3://bucket/a")).toBe("s3://bucket/a");
  });

  test.each(["s3://", "s3:///key", "s3://bu*ket/key", "s3://bucket", "s3://bucket/", "s3://b/k"])(
    "refuses %s, which names no object",
    (path) => {
      expect(() => s3Path(path)).toThrow(expect.objectContaining({ code: "BAD_S3_PATH" }));
    },
  );
});
