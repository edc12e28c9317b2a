import { format } from "node:util";
import { callingStep } from "../../exec/frame-name.js";
import type { LogLine, LogSeverity } from "../bundle/messages.js";

const METHODS = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  trace: "debug",
} as const satisfies Readonly<Record<string, LogSeverity>>;

/** Sends what user code logs on this thread to `emit` instead of the terminal, which nobody sees. */
export function captureConsole(
  thread: string,
  instruction: () => string | undefined,
  emit: (line: LogLine) => void,
): void {
  for (const [method, severity] of Object.entries(METHODS)) {
    console[method as keyof typeof METHODS] = (...args: unknown[]) => {
      const current = instruction();
      const transform = callingStep();
      emit({
        severity,
        atMs: Date.now(),
        message: format(...args),
        thread,
        ...(current === undefined ? {} : { instruction: current }),
        ...(transform === undefined ? {} : { transform }),
      });
    };
  }
}
