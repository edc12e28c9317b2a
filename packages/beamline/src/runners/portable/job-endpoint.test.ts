import { expect, test } from "vitest";
import { parseJobEndpoint } from "./job-endpoint.js";

test.each([
  ["localhost:8099", "localhost:8099"],
  [" http://spark.example:8099/ ", "spark.example:8099"],
  ["grpc://10.0.0.1:1", "10.0.0.1:1"],
  ["[::1]:8099", "[::1]:8099"],
  ["unix:/tmp/jobs.sock", "unix:/tmp/jobs.sock"],
])("parseJobEndpoint takes %j", (text, address) => {
  expect(parseJobEndpoint(text)).toBe(address);
});

test.each(["localhost", "", ":8099", "host:0", "host:70000", "host:x", "unix:"])(
  "parseJobEndpoint refuses %j, and says what it wants",
  (text) => {
    expect(() => parseJobEndpoint(text)).toThrow("it is not of the form host:port");
  },
);
