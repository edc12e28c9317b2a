import { BeamlineError } from "beamline";

/** Waits for all, and throws what went wrong with any of them as one error. */
export async function allOf<const T extends readonly unknown[]>(
  action: string,
  tasks: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  const results = await Promise.allSettled(tasks);
  const errors = results.flatMap((each) =>
    each.status === "rejected" ? [each.reason as unknown] : [],
  );
  if (errors.length > 0) throw together(action, errors);
  return results.map((each) => (each.status === "fulfilled" ? each.value : undefined)) as {
    -readonly [Index in keyof T]: Awaited<T[Index]>;
  };
}

function together(action: string, errors: readonly unknown[]): unknown {
  const [first] = errors;
  // A bug, or a cancellation, is not one of several things to mend.
  const other = errors.find((error) => !(error instanceof BeamlineError));
  if (other !== undefined) return other;
  const messages = new Set(errors.map((error) => (error as BeamlineError).message));
  if (messages.size === 1) return first;
  const list = [...messages].map((message) => `  - ${message}`).join("\n");
  const remote = errors.every((error) => (error as BeamlineError).origin === "remote");
  return new BeamlineError(
    "SEVERAL_PROBLEMS",
    `Cannot ${action}: ${messages.size} things are in the way; mend them all:\n${list}`,
    { cause: new AggregateError(errors, "several problems"), origin: remote ? "remote" : "user" },
  );
}
