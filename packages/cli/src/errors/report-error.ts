import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { describeError } from "./describe-error.js";
import { renderError } from "./render-error.js";

/** Says what went wrong, in words or as a document; returns the exit code. */
export function reportError(error: unknown, cli: Cli, terminal: Terminal): number {
  const description = describeError(error, cli.cwd);
  if (terminal.json) {
    const { frames, stacks, exitCode, ...rest } = description;
    const at = frames.find(({ own }) => own) ?? null;
    terminal.document({
      state: description.code === "CANCELLED" ? "cancelled" : "failed",
      exitCode,
      error: { ...rest, at, frames, ...(terminal.verbose ? { stacks } : {}) },
    });
  } else {
    const { style, verbose } = terminal;
    terminal.complain(renderError(description, { cwd: cli.cwd, style, verbose }).join("\n"));
  }
  return description.exitCode;
}
