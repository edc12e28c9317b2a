/** Something wrong with the command line, as `subject: what is wrong`. */
export interface Problem {
  /** What it is about, as typed: `--workers abc`. */
  readonly subject: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** The command line, or a file that it names, is wrong. Carries every problem at once. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly problems: readonly Problem[];
  /** The command line that explains: `beamline run --help`. */
  readonly help: string | undefined;

  constructor(action: string, problems: readonly Problem[], help?: string) {
    super(`Cannot ${action}`);
    this.problems = problems;
    this.help = help;
  }
}
