import { expect, test } from "vitest";
import { formatReference, parseReference, wanted } from "./reference.js";

const digest = `sha256:${"0".repeat(64)}`;

test.each([
  ["spark", "docker.io/library/spark", "latest"],
  ["apache/spark:3.5.3", "docker.io/apache/spark:3.5.3", "3.5.3"],
  ["localhost/a", "localhost/a", "latest"],
  ["127.0.0.1:5000/a/b_c.d:t", "127.0.0.1:5000/a/b_c.d:t", "t"],
  [`ghcr.io/a/b:t@${digest}`, `ghcr.io/a/b:t@${digest}`, digest],
])("parseReference reads %s as Docker does", (text, full, asked) => {
  const reference = parseReference(text);
  expect(formatReference(reference)).toBe(full);
  expect(wanted(reference)).toBe(asked);
});

test.each(["", "a/B", "host.io/", "a:b c", "a@sha256:12", "a//b", "host.io/a:"])(
  'parseReference refuses "%s"',
  (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: "BAD_IMAGE_NAME" }));
  },
);
