import { expect, test } from "vitest";
import { shortestCause } from "./shortest-cause.js";

const STACK = `
	at org.apache.beam.runners.spark.SparkPipelineResult.beamExceptionFrom(SparkPipelineResult.java:73)
	at java.base/java.lang.Thread.run(Thread.java:840)
	... 12 more`;

test("shortestCause finds the last cause of a Java trace, without wrappers", () => {
  const text = [
    `org.apache.beam.sdk.Pipeline$PipelineExecutionException: java.lang.RuntimeException: x${STACK}`,
    `Caused by: java.util.concurrent.ExecutionException: java.lang.IllegalStateException: Process died with exit code 1${STACK}`,
    `Caused by: java.lang.IllegalStateException: Process died with exit code 1${STACK}`,
  ].join("\n");
  expect(shortestCause(text).text).toBe("Process died with exit code 1");
});

test("shortestCause keeps the name of an exception that says something", () => {
  const text = `java.lang.RuntimeException: oops${STACK}\nCaused by: java.lang.ClassNotFoundException: org.acme.Foo${STACK}`;
  expect(shortestCause(text)).toEqual({
    text: "ClassNotFoundException: org.acme.Foo",
    exception: "ClassNotFoundException",
  });
});

test("shortestCause takes the outer of two exceptions of a class that says what was tried", () => {
  const inner = "java.io.IOException: error=2, No such file or directory";
  const outer = `java.io.IOException: Cannot run program "/opt/boot": error=2, No such file or directory`;
  const text = `java.lang.Exception: The 'open()' method failed: ${outer}${STACK}\nCaused by: ${outer}${STACK}\nCaused by: ${inner}${STACK}`;
  expect(shortestCause(text).text).toBe(
    `IOException: Cannot run program "/opt/boot": error=2, No such file or directory`,
  );
});

test("shortestCause removes what the runner puts before a worker's error", () => {
  const text = `java.lang.RuntimeException: Error received from SDK harness for instruction 12: no disk\nat all${STACK}`;
  expect(shortestCause(text).text).toBe("no disk\nat all");
});

test("shortestCause removes what Spark says about its tasks", () => {
  const task =
    "Task 1 in stage 2.0 failed 4 times, most recent failure: Lost task 1.3 in stage 2.0 (TID 13) (10.0.0.1 executor 3): ";
  const text = `org.apache.spark.SparkException: Job aborted due to stage failure: ${task}java.lang.RuntimeException: no luck${STACK}\nDriver stacktrace:${STACK}`;
  expect(shortestCause(text).text).toBe("no luck");
});

test("shortestCause names an exception without a message", () => {
  const text = `java.util.NoSuchElementException${STACK}`;
  expect(shortestCause(text).text).toBe("NoSuchElementException");
});

test("shortestCause finds the last exception of a Python traceback", () => {
  const text = `Error running pipeline.
Traceback (most recent call last):
  File "job.py", line 1, in run
    go()
ValueError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "job.py", line 2, in <module>
    run()
KeyError: 'second'
`;
  expect(shortestCause(text).text).toBe("KeyError: 'second'");
});

test("shortestCause leaves other text as it is, cut where it is very long", () => {
  expect(shortestCause("stage-001 failed: no\n").text).toBe("stage-001 failed: no");
  expect(shortestCause("x".repeat(5_000)).text).toHaveLength(2_001);
});
