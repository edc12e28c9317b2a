import { main } from "./main.js";
import { Cancellation, type Cli, type Output } from "./terminal/cli.js";

/** Runs the command line of this process and ends it with the right exit code. */
export async function runProcess(): Promise<void> {
  process.stdout.on("error", endOnClosedPipe);
  process.stderr.on("error", endOnClosedPipe);
  const live = new LiveLine(process.stderr);
  const code = await main(processCli(live));
  live.show(undefined);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Whatever the user's code left open must not keep the terminal.
  process.exit(code);
}

function processCli(live: LiveLine): Cli {
  return {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    env: process.env,
    stdout: outputOf(process.stdout),
    stderr: { ...outputOf(process.stderr), live: (line) => live.show(line) },
    cancellation,
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

function cancellation(drain?: AbortController): AbortSignal {
  const controller = new AbortController();
  for (const by of ["SIGINT", "SIGTERM"] as const) {
    process.on(by, () => {
      if (drain?.signal.aborted === false) {
        drain.abort(new Cancellation(by));
        return;
      }
      if (controller.signal.aborted) process.exit(by === "SIGINT" ? 130 : 143);
      controller.abort(new Cancellation(by));
    });
  }
  return controller.signal;
}

/** `beamline graph FILE | head` is no failure. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

/**
 * A line, or a few, at the bottom of a terminal. What the user's own code prints meanwhile goes
 * above it: it is taken away before each write to the terminal, and comes back with the next call.
 */
class LiveLine {
  private readonly stream: NodeJS.WriteStream;
  /** How many lines are there now. */
  private shown = 0;
  private watching = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  show(line: string | undefined): void {
    if (this.stream.isTTY !== true) return;
    if (line === undefined) {
      this.clear();
      return;
    }
    if (!this.watching) this.watch();
    const erase = this.erasure();
    this.shown = 0;
    // In one write, so that nothing flickers.
    this.stream.write(erase + line);
    this.shown = line.split("\n").length;
  }

  private clear(): void {
    if (this.shown === 0) return;
    const erase = this.erasure();
    this.shown = 0;
    this.stream.write(erase);
  }

  /** Erases the lowest line, then those above it. */
  private erasure(): string {
    return `\r\u001b[2K${"\u001b[1A\u001b[2K".repeat(Math.max(0, this.shown - 1))}`;
  }

  private watch(): void {
    this.watching = true;
    for (const stream of [process.stdout, process.stderr]) {
      if (stream.isTTY !== true) continue;
      const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
      stream.write = (...args: unknown[]) => {
        if (this.shown > 0) this.clear();
        return write(...args);
      };
    }
  }
}
