/** Exceptions that only wrap another: their names say nothing. */
const WRAPPERS: ReadonlySet<string> = new Set([
  "CompletionException",
  "Exception",
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

/** `a.b.SomeException: `, also `a.b.Outer$SomeException: `. */
const QUALIFIED = /^(?:[a-z_]\w*\.)+(?:\w+\$)*([A-Z]\w*)(?::\s*|$)/;
const HARNESS = /^Error received from SDK harness for instruction [^:]*:\s*/;
const PYTHON_CALL = /^Exception calling application:\s*/;
const SPARK_TASK = /^Job aborted due to stage failure: .*?\(TID \d+\) \([^)]*\): /;
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
  const inPython = pythonException(text);
  const chain = inPython === undefined ? javaChain(text) : [inPython];
  const causes = chain.map(unwrapped).filter((cause) => cause.text !== "");
  let best = causes.pop() ?? { text: text.trim(), exception: undefined };
  // Java's I/O errors are wrapped in another of their class that says what was tried.
  for (let outer = causes.pop(); outer !== undefined; outer = causes.pop()) {
    const saysMore = outer.exception === best.exception && outer.text.endsWith(message(best));
    if (!saysMore) break;
    best = outer;
  }
  if (best.text.length <= LONGEST) return best;
  return { ...best, text: `${best.text.slice(0, LONGEST)}…` };
}

/** Without wrapping exceptions, and with the class of the innermost one only where it says something. */
function unwrapped(raw: string): Cause {
  let rest = raw.trim();
  let exception: string | undefined;
  for (;;) {
    const named = QUALIFIED.exec(rest);
    const prefix = named ?? HARNESS.exec(rest) ?? PYTHON_CALL.exec(rest) ?? SPARK_TASK.exec(rest);
    if (prefix === null) return { text: rest, exception };
    const inner = rest.slice(prefix[0].length).trim();
    const name = named?.[1];
    exception = name ?? exception;
    if (inner === "") return { text: exception ?? rest, exception };
    if (name !== undefined && !WRAPPERS.has(name)) return { text: `${name}: ${inner}`, exception };
    rest = inner;
  }
}

function message({ text, exception }: Cause): string {
  const prefix = `${exception}: `;
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

/** The messages of an exception and its causes, outermost first; lines of stack are cut. */
function javaChain(text: string): string[] {
  const messages: string[][] = [[]];
  let inStack = false;
  for (const line of text.trim().split("\n")) {
    if (/^\s*Caused by: /.test(line)) {
      messages.push([line.replace(/^\s*Caused by: /, "")]);
      inStack = false;
    } else if (/^\s+at \S+\(|^\s+\.\.\. \d+ more|^\s*Suppressed: /.test(line)) {
      inStack = true;
    } else if (!inStack) {
      messages.at(-1)?.push(line);
    }
  }
  return messages.map((lines) => lines.join("\n"));
}

/** The last exception of a traceback: what follows its last line of stack. */
function pythonException(text: string): string | undefined {
  const at = text.lastIndexOf("Traceback (most recent call last)");
  if (at < 0) return undefined;
  const lines = text.slice(at).split("\n").slice(1);
  const first = lines.findIndex((line) => /^\S/.test(line));
  return first < 0 ? undefined : lines.slice(first).join("\n").trim();
}
