import { BeamlineError } from "beamline";
import { expect, test } from "vitest";
import type { Storage } from "../app/storage.js";
import { UsageError } from "../command/usage-error.js";
import { checkPlaces } from "./check-places.js";

/** Buckets by name, and how each answers a listing. */
function buckets(answers: Readonly<Record<string, "there" | "denied">>) {
  return async (bucket: string): Promise<Storage> => ({
    bucket,
    head: async () => undefined,
    get: async () => undefined,
    put: async () => {},
    async *list() {
      const answer = answers[bucket];
      if (answer === undefined) throw new BeamlineError("NO_SUCH_BUCKET", "Cannot list it");
      if (answer === "denied") throw new BeamlineError("ACCESS_DENIED", "Cannot list it");
      yield { key: "a", size: 1 };
    },
    deleteMany: async () => {},
    close() {},
  });
}

test("checkPlaces names every option whose bucket is not there", async () => {
  const places = { input: "s3://books/lear.txt", output: "s3://boks/out", sideFile: "s3://no/x" };
  const failed = await checkPlaces(places, buckets({ books: "there" })).catch((error) => error);
  expect(failed).toBeInstanceOf(UsageError);
  expect(failed.problems).toEqual([
    { subject: "--output s3://boks/out", message: expect.stringContaining("no bucket boks") },
    { subject: "--side-file s3://no/x", message: expect.stringContaining("no bucket no;") },
  ]);
});

test("checkPlaces leaves to the pods what may not be looked at from here", async () => {
  await checkPlaces({ input: "s3://books/lear.txt" }, buckets({ books: "denied" }));
});
