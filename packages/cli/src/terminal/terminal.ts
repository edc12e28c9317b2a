import type { Cli, Output } from "./cli.js";
import { chooseStyle, type Style } from "./style.js";

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean | undefined;
}

/** Where a command speaks: data to stdout, talk to stderr unless `--json` or `--quiet`. */
export class Terminal {
  /** For what goes to stderr. */
  readonly style: Style;
  /** For what goes to stdout. */
  readonly dataStyle: Style;
  readonly json: boolean;
  readonly verbose: boolean;
  private readonly cli: Cli;
  private readonly silent: boolean;
  private lastProgress: string | undefined;

  constructor(cli: Cli, options: TerminalOptions) {
    this.cli = cli;
    this.json = options.json;
    this.verbose = options.verbose;
    this.silent = options.json || options.quiet;
    this.style = chooseStyle(options.color, cli.env, cli.stderr.isTerminal);
    this.dataStyle = chooseStyle(options.color, cli.env, cli.stdout.isTerminal);
  }

  /** Width for prose. */
  get width(): number {
    return Math.max(40, Math.min(100, this.cli.stderr.columns));
  }

  /** Whether {@link talk} is heard. */
  get talks(): boolean {
    return !this.silent;
  }

  data(text: string): void {
    this.cli.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  document(value: unknown): void {
    this.data(JSON.stringify(value, jsonable, 2));
  }

  talk(text: string): void {
    if (!this.silent) this.cli.stderr.write(`${text}\n`);
  }

  /**
   * What is going on, in one line that the next call replaces; undefined takes it away. Elsewhere
   * than on a terminal, a line each time that it changes.
   */
  progress(text: string | undefined): void {
    if (this.silent || text === this.lastProgress) return;
    this.lastProgress = text;
    const { stderr } = this.cli;
    if (stderr.isTerminal && stderr.live !== undefined) stderr.live(text && fit(text, stderr));
    else if (text !== undefined) stderr.write(`${text}\n`);
  }

  /** Talk that `--quiet` does not silence: what went wrong. */
  complain(text: string): void {
    this.cli.stderr.write(`${text}\n`);
  }
}

/** A line that wraps could not be taken away again. Styled text has been fitted by who styled it. */
function fit(text: string, { columns }: Output): string {
  const most = columns - 1;
  const fitted = (line: string) =>
    line.length <= most || line.includes("\u001b") ? line : `${line.slice(0, most - 1)}…`;
  return text.split("\n").map(fitted).join("\n");
}

function jsonable(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
