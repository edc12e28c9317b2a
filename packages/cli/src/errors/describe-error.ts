import { BeamlineError, UserCodeError } from "beamline";
import { BundleError, type BundleProblem } from "../bundle/bundle-error.js";
import { exitCodes } from "../command/exit-code.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import { UserModuleError } from "../pipeline/user-module-error.js";
import { Cancellation } from "../terminal/cli.js";
import { shortPath } from "../text/short-path.js";
import { framesOf, type StackFrame } from "./stack.js";

/** An error as data: for the JSON document, and for {@link renderError} to make text of. */
export interface ErrorDescription {
  readonly exitCode: number;
  /** Stable, for programs. */
  readonly code: string;
  /** Who must act. */
  readonly origin: "user" | "remote" | "internal";
  /** First line for people. */
  readonly message: string;
  /** Unique name of the transform whose function failed. */
  readonly transform?: string;
  /** The element that it failed on, shortened. */
  readonly element?: string;
  /** Of a command line or a file with several things wrong. */
  readonly problems?: readonly (Problem | BundleProblem)[];
  /** The command line that explains. */
  readonly help?: string;
  /** Where it was thrown, the innermost first; mapped to sources. */
  readonly frames: readonly StackFrame[];
  /** The stacks as Node has them, causes included. */
  readonly stacks: readonly string[];
}

/** Tells an error as data; paths in its message are as seen from `cwd`. */
export function describeError(error: unknown, cwd: string): ErrorDescription {
  const stacks = stacksOf(error);
  const none = { frames: [], stacks };
  if (error instanceof UsageError) {
    const { message, problems, help } = error;
    const rest = help === undefined ? {} : { help };
    return { ...none, ...rest, ...user(exitCodes.usage.code, "USAGE", message), problems };
  }
  if (error instanceof BundleError) {
    const { file, problems } = error;
    const message = `Cannot load ${shortPath(file, cwd)}`;
    return { ...none, ...user(exitCodes.usage.code, "BUNDLE_FAILED", message), problems };
  }
  if (error instanceof Cancellation) {
    const { code } = error.by === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated;
    return { ...none, ...user(code, "CANCELLED", `Cancelled; ${error.outcome}`) };
  }
  if (error instanceof UserModuleError) {
    const { cause, message } = error;
    const code = cause instanceof BeamlineError ? cause.code : "USER_CODE_FAILED";
    const shown = cause instanceof BeamlineError ? cause.message : message;
    return { ...user(exitCodes.failed.code, code, shown), frames: framesIn(cause), stacks };
  }
  if (error instanceof UserCodeError) {
    const { code, reason, transform, element } = error;
    return {
      ...user(exitCodes.failed.code, code, `Cannot run "${transform}": ${reason}`),
      transform,
      ...(element === undefined ? {} : { element }),
      frames: framesIn(error.cause, error),
      stacks,
    };
  }
  if (error instanceof BeamlineError) return { ...ofLibrary(error), stacks };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    exitCode: exitCodes.bug.code,
    code: "INTERNAL",
    origin: "internal",
    message: `Cannot go on: ${message}; this is a bug in Beamline, please report it`,
    frames: framesIn(error),
    stacks,
  };
}

function user(exitCode: number, code: string, message: string) {
  return { exitCode, code, origin: "user" as const, message };
}

function ofLibrary(error: BeamlineError): Omit<ErrorDescription, "stacks"> {
  const { code, origin, message } = error;
  const exitCode = {
    user: code === "BAD_OPTIONS" ? exitCodes.usage.code : exitCodes.failed.code,
    remote: exitCodes.remote.code,
    internal: exitCodes.bug.code,
  }[origin];
  // An error of the library says all there is to say; its frames are the library's.
  return { exitCode, code, origin, message, frames: origin === "internal" ? framesIn(error) : [] };
}

/** Frames of what was thrown; of `holder`, which took over its stack, when it is no error. */
function framesIn(thrown: unknown, holder?: Error): readonly StackFrame[] {
  const error = thrown instanceof Error ? thrown : holder;
  return error === undefined ? [] : framesOf(error);
}

function stacksOf(error: unknown): string[] {
  const found: string[] = [];
  let current = error;
  for (let depth = 0; current instanceof Error && depth < 10; depth++) {
    const stack = current.stack ?? `${current.name}: ${current.message}`;
    // An error of ours takes over the stack of what it wraps.
    if (stack !== found.at(-1)) found.push(stack);
    current = current.cause;
  }
  return found;
}
