import { expect, test } from "vitest";
import { AddressReader } from "./job-server-addresses.js";

test("AddressReader is complete once all three services were seen", () => {
  const reader = new AddressReader();
  const started = (service: string, port: number) =>
    reader.read(`20:09:23.412 INFO JobServerDriver: ${service} started on localhost:${port}`);
  expect(started("ArtifactStagingService", 1)).toBeUndefined();
  expect(started("Java ExpansionService", 2)).toBeUndefined();
  expect(reader.read("20:09:23.412 WARN Utils: something else")).toBeUndefined();
  expect(started("JobService", 3)).toEqual({
    artifact: "localhost:1",
    expansion: "localhost:2",
    job: "localhost:3",
  });
});
