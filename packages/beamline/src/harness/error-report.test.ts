import { describe, expect, it } from "vitest";
import { UserCodeError } from "../exec/user-code-error.js";
import { BeamlineError } from "../model/errors.js";
import { decodeErrorReport, encodeErrorReport } from "./error-report.js";

function userError(): UserCodeError {
  return new UserCodeError("Read/Parse", "{ text: '\"}' }", new TypeError('bad {quote} "x"\n'));
}

describe("decodeErrorReport", () => {
  const line = encodeErrorReport(userError());
  const report = {
    code: "USER_CODE_FAILED",
    origin: "user",
    transform: "Read/Parse",
    element: "{ text: '\"}' }",
    reason: 'TypeError: bad {quote} "x"\n',
  };

  it("reads what encodeErrorReport wrote, which is one line", () => {
    expect(line).not.toContain("\n");
    expect(decodeErrorReport(line)).toMatchObject(report);
  });

  it("finds the report in a Java stack trace, once", () => {
    const trace = [
      "java.util.concurrent.ExecutionException: java.lang.RuntimeException: Error received from SDK harness for instruction 4: ",
      line,
      "\n\tat java.base/java.util.concurrent.CompletableFuture.reportGet(CompletableFuture.java:396)",
      "\nCaused by: java.lang.RuntimeException: Error received from SDK harness for instruction 4: ",
      line,
    ].join("");
    expect(decodeErrorReport(trace)).toMatchObject(report);
  });

  it("finds the report where a runner has quoted it", () => {
    const quoted = `RuntimeError(${JSON.stringify(`bundle failed: ${line}`)})`;
    expect(decodeErrorReport(quoted)).toMatchObject(report);
  });

  it.each(["", "BEAMLINE-ERROR", "BEAMLINE-ERROR {", "BEAMLINE-ERROR {}", "BEAMLINE-ERROR x {}"])(
    "is undefined for %j",
    (text) => {
      expect(decodeErrorReport(text)).toBeUndefined();
    },
  );
});

describe("encodeErrorReport", () => {
  it("keeps the code of an error of ours, also of another copy of the library", () => {
    const error = new BeamlineError("GRAPH_MISMATCH", "Cannot run it: so; do that");
    const foreign = Object.assign(new Error(error.message), { code: error.code, origin: "user" });
    for (const thrown of [error, foreign]) {
      expect(decodeErrorReport(encodeErrorReport(thrown))).toMatchObject({
        code: "GRAPH_MISMATCH",
        origin: "user",
        message: "Cannot run it: so; do that",
      });
    }
  });

  it("shows the frames of the user's code and none of ours or of Node's", () => {
    const error = new Error("x");
    const ours = new URL("../exec/bundle-processor.ts", import.meta.url).pathname;
    error.stack = [
      "Error: x",
      "    at parse (file:///app/pipeline.ts:3:5)",
      `    at BundleProcessor.run (${ours}:1:1)`,
      "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
      "    at eval (eval at specialise (/x.js:1:1), <anonymous>:5:3)",
    ].join("\n");
    expect(decodeErrorReport(encodeErrorReport(error))?.stack).toEqual([
      "parse (/app/pipeline.ts:3:5)",
    ]);
  });

  it("is short, whatever is in the error", () => {
    const error = new Error("y".repeat(1e6));
    expect(encodeErrorReport(error).length).toBeLessThan(20_000);
    expect(decodeErrorReport(encodeErrorReport("just text"))).toMatchObject({
      message: "just text",
      code: "UNEXPECTED",
    });
  });
});
