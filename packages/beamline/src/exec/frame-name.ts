const PREFIX = "step ";
/** Chains of steps are deep where user code calls `output` in loops of its own. */
const FRAMES = 200;

/** Makes a step's receiver show in stack traces under the step's name. */
export function nameFrame(receive: unknown, step: string): void {
  if (receive === undefined) return;
  Object.defineProperty(receive, "name", { value: PREFIX + step });
}

/** The step whose function called, if one did: the innermost of them on the stack. */
export function callingStep(): string | undefined {
  const { stackTraceLimit, prepareStackTrace } = Error;
  // Frames as objects: formatting them would look up source maps.
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_error, frames) => frames;
  try {
    const { stack } = new Error("for its stack");
    const frames = stack as unknown as readonly NodeJS.CallSite[];
    for (const frame of frames) {
      const name = frame.getFunctionName();
      if (name?.startsWith(PREFIX) === true) return name.slice(PREFIX.length);
    }
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}
