/** A stream that text is written to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  /**
   * Shows one line, or a few with newlines between them, that the next call replaces and that other
   * text scrolls past; undefined takes them away. None may be wider than the terminal. Terminals
   * only.
   */
  live?(line: string | undefined): void;
}

/** All that a command may touch of its process: given, so that tests run commands in theirs. */
export interface Cli {
  /** Without `node` and the script. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For data. */
  readonly stdout: Output;
  /** For talk. */
  readonly stderr: Output;
  /**
   * From this call on Ctrl-C and SIGTERM abort the returned signal with a {@link Cancellation} and
   * a second one ends the process at once. Before it, the first one does.
   *
   * @param drain - Is aborted by the first one, and the returned signal only by the second.
   */
  cancellation(drain?: AbortController): AbortSignal;
}

/** Why a signal was aborted. */
export class Cancellation extends Error {
  override readonly name = "Cancellation";
  readonly by: "SIGINT" | "SIGTERM";
  /** How things are left, after "Cancelled; ". */
  readonly outcome: string;

  constructor(by: "SIGINT" | "SIGTERM", outcome = "nothing half-written is left") {
    super(`cancelled by ${by}`);
    this.by = by;
    this.outcome = outcome;
  }
}
