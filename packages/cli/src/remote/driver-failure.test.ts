import { expect, test } from "vitest";
import { driverFailure } from "./driver-failure.js";
import { lastCause } from "./driver-log.js";

const STAGED = "/tmp/beamline-jobs/8cdb3776/beamline";
const REPORT = JSON.stringify({
  message: `Cannot run "Upper" on the element {}: TypeError: no name`,
  code: "USER_CODE_FAILED",
  origin: "user",
  transform: "Upper",
  element: "{}",
  reason: "TypeError: no name",
  stack: [`<anonymous> (${STAGED}/src/upper.ts:14:35)`, `${STAGED}/main.ts:2:1`, "/other/x.ts:1:1"],
});
const STATUS = { state: "FAILED", worker: "10.0.0.1:7078", message: undefined } as const;
const DRIVER = { submissionId: "driver-1", status: STATUS, root: "/home/ann/words" };

test("driverFailure is the worker's error, with places in the sources of this machine", () => {
  const log = `ERROR Executor: x\njava.lang.RuntimeException: BEAMLINE-ERROR ${REPORT}\n\tat java.base/x`;
  const error = driverFailure({ ...DRIVER, log });
  expect(error).toMatchObject({ code: "USER_CODE_FAILED", transform: "Upper", element: "{}" });
  expect(error.stack).toBe(
    [
      "TypeError: no name",
      "    at <anonymous> (/home/ann/words/src/upper.ts:14:35)",
      "    at /home/ann/words/main.ts:2:1",
      "    at /other/x.ts:1:1",
    ].join("\n"),
  );
});

test("driverFailure keeps the code of a worker that could not start", () => {
  const report = { message: "Cannot start it: so; do that", code: "MISSING_BUNDLE", stack: [] };
  const log = `BEAMLINE-ERROR ${JSON.stringify({ ...report, origin: "remote" })}`;
  expect(driverFailure({ ...DRIVER, log })).toMatchObject({
    code: "MISSING_BUNDLE",
    message: "Cannot start it: so; do that",
    origin: "remote",
  });
});

test("driverFailure gives Java's last cause, or the place of the log where it cannot be read", () => {
  const log = `Exception in thread "main" a.B: outer\n\tat x\nCaused by: c.D: inner\n\tat y\n`;
  expect(lastCause(log)).toBe("c.D: inner");
  expect(driverFailure({ ...DRIVER, log }).message).toBe(
    "Cannot finish the job: its driver driver-1 ended as FAILED (c.D: inner); see its log, driver-1/stderr in the work folder of the worker 10.0.0.1:7078",
  );
  expect(driverFailure({ ...DRIVER, log: undefined }).message).toMatch(
    /ended as FAILED; see its log/,
  );
});

test("driverFailure tells a cluster of another Scala by the class that Java misses there", () => {
  const log = `Exception in thread "main" java.lang.NoClassDefFoundError: scala/Serializable\n\tat x\n`;
  expect(driverFailure({ ...DRIVER, log })).toMatchObject({
    code: "SPARK_SCALA",
    message: expect.stringContaining("one for Scala 2.13; submit to a Spark 3.5 for Scala 2.12"),
  });
});
