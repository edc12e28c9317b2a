/** Exceptions that only wrap another: their names say nothing. */
const WRAPPERS = new Set([
  "CompletionException",
  "ExecutionException",
  "IllegalStateException",
  "PipelineExecutionException",
  "RuntimeException",
  "SparkException",
  "StatusException",
  "StatusRuntimeException",
  "UncheckedExecutionException",
  "UserCodeException",
]);

const QUALIFIED = /^(?:[a-z_][\w$]*\.)+([A-Z][\w$]*)(?::\s*|$)/;
const HARNESS = /^Error received from SDK harness for instruction [^:]*:\s*/;
const PYTHON_CALL = /^Exception calling application:\s*/;
const LONGEST = 2_000;

/** The heart of a failure. */
export interface Cause {
  /** What is wrong, without stack traces and wrapping exceptions. */
  readonly text: string;
  /** Simple name of the innermost exception's class, where one is named. */
  readonly exception: string | undefined;
}

/**
 * Finds what really went wrong in what a runner says about a failure: the innermost cause of a Java
 * stack trace, the last exception of a Python traceback, else the text itself.
 */
export function shortestCause(text: string): Cause {
  let rest = pythonException(text) ?? javaException(text);
  let exception: string | undefined;
  for (;;) {
    const name = QUALIFIED.exec(rest);
    const prefix = name ?? HARNESS.exec(rest) ?? PYTHON_CALL.exec(rest);
    if (prefix === null) break;
    const inner = rest.slice(prefix[0].length).trim();
    if (name?.[1] !== undefined) exception = name[1];
    if (inner === "" || (name?.[1] !== undefined && !WRAPPERS.has(name[1]))) {
      rest = inner === "" ? (exception ?? rest) : `${exception}: ${inner}`;
      break;
    }
    rest = inner;
  }
  const trimmed = rest.trim();
  return {
    text: trimmed.length > LONGEST ? `${trimmed.slice(0, LONGEST)}…` : trimmed,
    exception,
  };
}

/** The message of the last "Caused by", or of the exception at the head; lines of stack are cut. */
function javaException(text: string): string {
  const lines = text.trim().split("\n");
  let start = 0;
  lines.forEach((line, i) => {
    if (/^\s*Caused by: /.test(line)) start = i;
  });
  const message: string[] = [];
  for (const line of lines.slice(start)) {
    if (/^\s+at \S+\(|^\s+\.\.\. \d+ more$|^\s*Suppressed: /.test(line)) break;
    message.push(line);
  }
  return message.join("\n").replace(/^\s*Caused by: /, "");
}

/** The last exception of a traceback: what follows its last line of stack. */
function pythonException(text: string): string | undefined {
  const at = text.lastIndexOf("Traceback (most recent call last)");
  if (at < 0) return undefined;
  const lines = text.slice(at).split("\n").slice(1);
  const first = lines.findIndex((line) => /^\S/.test(line));
  return first < 0 ? undefined : lines.slice(first).join("\n").trim();
}
