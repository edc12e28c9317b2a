import type { CounterValue } from "beamline/runners/local";
import { formatShort, formatTicking } from "../run/units.js";
import type { RemoteRun } from "./remote-run.js";

const REDRAW_MS = 500;
const MOST_COUNTERS = 3;

/** Part of a {@link RemoteRun}. */
interface ProgressOptions extends Pick<RemoteRun, "terminal" | "cli"> {
  readonly flags: Partial<Pick<RemoteRun["flags"], "progress">>;
}

/**
 * What a job elsewhere is doing, on stderr: on a terminal one line that ticks, elsewhere a line each
 * time that its state changes.
 */
export class JobProgress {
  private readonly where: string;
  private readonly terminal: RemoteRun["terminal"];
  private readonly live: boolean;
  private readonly silent: boolean;
  private readonly width: number;
  /** Of the first update: a job server may have to start before it. */
  private started: number | undefined;
  private state: string | undefined;
  private counters: readonly CounterValue[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor({ terminal, cli, flags }: ProgressOptions, where: string) {
    const { progress = "auto" } = flags;
    const { stderr, env } = cli;
    this.where = where;
    this.terminal = terminal;
    this.silent = progress === "none" || !terminal.talks;
    this.live = progress === "auto" && stderr.isTerminal && env.TERM !== "dumb";
    // The last column stays free: some terminals wrap when it is written.
    this.width = stderr.columns - 1;
  }

  update(state: string, counters: readonly CounterValue[] = this.counters): void {
    this.started ??= performance.now();
    const isNews = state !== this.state;
    this.state = state;
    this.counters = counters;
    if (this.silent) return;
    if (this.live) {
      this.timer ??= setInterval(() => this.draw(), REDRAW_MS).unref();
      this.draw();
    } else if (isNews) {
      this.terminal.talk(`${this.where}: ${state}`);
    }
  }

  /** Takes the line away. */
  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.live && !this.silent) this.terminal.progress(undefined);
  }

  private draw(): void {
    const { style } = this.terminal;
    const time = formatTicking(performance.now() - (this.started ?? performance.now()));
    const facts = this.counters
      .slice(0, MOST_COUNTERS)
      .map(({ name, value }) => `${formatShort(value)} ${name}`);
    let text = `${this.where}: ${this.state}  ${time}`;
    // What does not fit is left out, the last first.
    while (facts.length > 0 && [text, ...facts].join("  ").length > this.width) facts.pop();
    text = text.slice(0, Math.max(0, this.width));
    this.terminal.progress([style.strong(text), ...facts].join("  "));
  }
}
