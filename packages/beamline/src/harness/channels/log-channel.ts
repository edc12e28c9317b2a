import { BeamFnLogging, LogEntry_Severity_Enum } from "../../proto/gen/fn-execution/logging_pb.js";
import { timestampFromMillis } from "../../proto/instants.js";
import type { ClientStream, Transport } from "../../transport/transport.js";
import type { LogLine, LogSeverity } from "../bundle/messages.js";

/** Lines that may wait to be sent; beyond that the newest are dropped, and counted. */
const MAX_WAITING = 10_000;
/** Lines in one message. */
const BATCH = 500;
/** How long lines gather before they are sent. */
const DELAY_MS = 50;
const MAX_MESSAGE = 100_000;

const SEVERITIES: Readonly<Record<LogSeverity, LogEntry_Severity_Enum>> = {
  debug: LogEntry_Severity_Enum.DEBUG,
  info: LogEntry_Severity_Enum.INFO,
  warn: LogEntry_Severity_Enum.WARN,
  error: LogEntry_Severity_Enum.ERROR,
};

/** The log stream to the runner. Nothing that goes wrong with it disturbs the work. */
export class LogChannel {
  private readonly transport: Transport;
  private readonly stream: ClientStream<unknown, { logEntries: ReturnType<typeof entryOf>[] }>;
  private readonly ended: Promise<void>;
  private waiting: LogLine[] = [];
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;

  constructor(transport: Transport) {
    this.transport = transport;
    this.stream = transport.stream(BeamFnLogging.method.logging);
    this.ended = drain(this.stream.messages);
  }

  write(line: LogLine): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.dropped++;
      return;
    }
    this.waiting.push(line);
    this.timer ??= setTimeout(() => this.flush(), DELAY_MS).unref();
  }

  /**
   * Sends what waits. The first message is on its way when the call returns: what is said after it
   * on another stream comes later, as good as always.
   */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  /** Sends what waits, then ends the stream; gives up after `graceMs`. */
  async close(graceMs = 2000): Promise<void> {
    await this.flush();
    this.stream.end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.ended, late]);
    clearTimeout(timer);
    this.transport.close();
  }

  private async sendAll(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const logEntries = this.waiting.splice(0, BATCH).map(entryOf);
        if (this.dropped > 0) {
          logEntries.push(entryOf(droppedLine(this.dropped)));
          this.dropped = 0;
        }
        await this.stream.send({ logEntries });
      }
    } catch {
      // The stream is gone. The control stream ends the worker, if that is what happened.
      this.waiting = [];
    }
  }
}

function entryOf(line: LogLine) {
  const { severity, atMs, message, instruction, transform, thread } = line;
  return {
    severity: SEVERITIES[severity],
    timestamp: timestampFromMillis(atMs),
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
    instructionId: instruction ?? "",
    transformId: transform ?? "",
    logLocation: locationOf(line),
    thread: thread ?? "",
  };
}

/**
 * What Java's runners call the logger; of the rest they print the message only. Lines of user code
 * have a thread, and go below `beamline.user` under their step's name.
 */
function locationOf({ transform, thread }: LogLine): string {
  if (thread === undefined) return "beamline.worker";
  return transform === undefined ? "beamline.user" : `beamline.user.${transform}`;
}

function droppedLine(count: number): LogLine {
  const message = `${count} log lines were dropped here: the pipeline logs faster than the runner reads`;
  return { severity: "warn", atMs: Date.now(), message };
}

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _control of messages);
  } catch {
    // See sendAll().
  }
}
