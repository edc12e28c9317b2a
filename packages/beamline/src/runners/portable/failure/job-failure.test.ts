import { inspect } from "node:util";
import { expect, test } from "vitest";
import { UserCodeError, userCodeError } from "../../../exec/user-code-error.js";
import { encodeErrorReport } from "../../../harness/error-report.js";
import { BeamlineError } from "../../../model/errors.js";
import { JobFailedError, jobFailure } from "./job-failure.js";
import { MessageLog } from "./message-log.js";

function failureOf(...errors: string[]) {
  const log = new MessageLog();
  log.add({ level: "basic", text: "starting", time: "", id: "" });
  for (const text of errors) log.add({ level: "error", text, time: "12:00", id: "" });
  return jobFailure({ jobId: "job-1", runner: "Spark", log });
}

function inJava(line: string): string {
  return `java.lang.RuntimeException: java.util.concurrent.ExecutionException: x
	at org.apache.beam.Something(Something.java:1)
Caused by: java.lang.RuntimeException: Error received from SDK harness for instruction 1: ${line}
	at org.apache.beam.Other(Other.java:2)`;
}

test("jobFailure gives the user's own error, from within a stack trace", () => {
  const thrown = userCodeError("Parse", new TypeError("x is not a number"), { id: 7 });
  const error = failureOf(inJava(encodeErrorReport(thrown)));
  expect(error).toBeInstanceOf(UserCodeError);
  expect(error.message).toBe(thrown.message);
  expect(error).toMatchObject({
    transform: "Parse",
    element: "{ id: 7 }",
    reason: "TypeError: x is not a number",
    code: "USER_CODE_FAILED",
  });
  expect(error.stack).toMatch(/^TypeError: x is not a number\n {4}at /);
  expect(error.stack).toContain("job-failure.test.ts");
});

test("jobFailure names staged files as they are called on this machine", () => {
  const thrown = userCodeError("Parse", new TypeError("no"), 1);
  const cause = thrown.cause as Error;
  cause.stack = [
    "TypeError: no",
    "    at parse (/worker/job-1/beamline/pipeline.mjs:12:5)",
    "    at file:///worker/job-1/beamline/pipeline.mjs:3:1",
    "    at other (/elsewhere/pipeline.mjs:4:4)",
  ].join("\n");
  const log = new MessageLog();
  const text = encodeErrorReport(new UserCodeError("Parse", "1", cause));
  log.add({ level: "error", text, time: "", id: "" });
  const artifacts = [
    { stagedName: "beamline/pipeline.mjs", path: "/here/bundle.mjs" },
    { stagedName: "beamline/job.json", bytes: new Uint8Array() },
  ];
  expect(jobFailure({ jobId: "1", runner: "Spark", log, artifacts }).stack?.split("\n")).toEqual([
    "TypeError: no",
    "    at parse (/here/bundle.mjs:12:5)",
    "    at /here/bundle.mjs:3:1",
    "    at other (/elsewhere/pipeline.mjs:4:4)",
  ]);
});

test("jobFailure finds the whole chain of causes in a message that is no error", () => {
  const log = new MessageLog();
  const inner = "java.io.IOException: error=2, No such file or directory";
  const outer =
    'java.io.IOException: Cannot run program "/opt/boot": error=2, No such file or directory';
  const trace = `${outer}\n\tat a.B(B.java:1)\nCaused by: ${inner}\n\tat a.C(C.java:1)`;
  log.add({ level: "debug", text: trace, time: "", id: "" });
  log.add({ level: "error", text: inner, time: "", id: "" });
  expect(jobFailure({ jobId: "1", runner: "Spark", log }).message).toContain(
    "the runner can't start the workers' command /opt/boot (No such file or directory)",
  );
});

test("jobFailure keeps the code of an error that is ours or the user's own kind of it", () => {
  const thrown = userCodeError("Read", new BeamlineError("NO_INPUT", "Cannot read x: it is gone"));
  expect(failureOf(encodeErrorReport(thrown))).toMatchObject({
    code: "NO_INPUT",
    message: `Cannot run "Read": Cannot read x: it is gone`,
  });
});

test("jobFailure gives what was wrong with a worker where it was not the user's function", () => {
  const mismatch = new BeamlineError("GRAPH_MISMATCH", "Cannot run: another graph; rebuild it");
  const error = failureOf(inJava(encodeErrorReport(mismatch)));
  expect(error).not.toBeInstanceOf(UserCodeError);
  expect(error).toMatchObject({ code: "GRAPH_MISMATCH", message: mismatch.message });
});

test("jobFailure says the cause once, and keeps everything else for a log file", () => {
  const trace = inJava("Process died with exit code 1");
  const error = failureOf(trace, "java.lang.IllegalStateException: Process died with exit code 1");
  expect(error).toBeInstanceOf(JobFailedError);
  expect(error.message).toMatch(
    /^Cannot finish the job job-1: the worker process ended before it was ready, with exit code 1; /,
  );
  expect(error.message).not.toContain("\n");
  expect((error as JobFailedError).details).toContain(trace);
  expect(inspect(error)).not.toContain("Something.java");
});

test("jobFailure admits that it does not know why", () => {
  expect(failureOf().message).toBe(
    "Cannot finish the job job-1: Spark says that it failed, and not why; see the job server's log",
  );
});

test("MessageLog keeps the last messages only, of which there can be many", () => {
  const log = new MessageLog();
  for (let i = 0; i < 100; i++) {
    log.add({ level: "basic", text: `${i} ${"x".repeat(100_000)}`, time: "", id: "" });
  }
  expect(log.messages.length).toBeLessThan(50);
  expect(log.messages.at(-1)?.text).toMatch(/^99 /);
});
