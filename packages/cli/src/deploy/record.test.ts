import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { artefactOf, folderOf, parseRecord, placesIn } from "./record.js";

const about = { what: "x", folder: "jars", extension: "jar", contentType: "text/plain" };

test("artefactOf names bytes by their digest, whatever the compressor makes of them", () => {
  const bytes = new TextEncoder().encode("hello");
  const digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  expect(artefactOf("a/b", about, bytes)).toMatchObject({ key: `a/b/jars/${digest}.jar`, bytes });
  const packed = artefactOf("", { ...about, gzip: true }, bytes);
  expect(packed.key).toBe(`jars/${digest}.jar.gz`);
  expect(gunzipSync(packed.bytes).toString()).toBe("hello");
});

test("placesIn keeps places in S3 and nothing that may be a secret", () => {
  const options = {
    input: "s3://books/lear.txt",
    output: "s3a://books/out",
    password: "secret",
    sink: { url: "s3://books/sink", token: "secret" },
    count: 3,
  };
  expect(placesIn(options)).toEqual({
    input: "s3://books/lear.txt",
    output: "s3a://books/out",
    "sink.url": "s3://books/sink",
  });
});

test("parseRecord reads what it knows, and nothing else", () => {
  expect(parseRecord('{"version":1,"code":"1"}')).toMatchObject({ code: "1" });
  for (const text of ['{"version":2}', "[]", "null", "{"])
    expect(parseRecord(text)).toBeUndefined();
});

test.each([
  ["", ""],
  ["a", "a/"],
  ["/a/b/", "a/b/"],
])("folderOf makes %j %j", (prefix, folder) => {
  expect(folderOf(prefix)).toBe(folder);
});
