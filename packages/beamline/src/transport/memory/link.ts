import type { ClientByteCall, ClientCallListener, ServerCallListener } from "../byte-call.js";
import type { Metadata } from "../message-stream.js";
import { serveCall } from "../server.js";
import type { MethodBinding } from "../service.js";
import type { BufferLimits } from "../transport.js";
import type { CallStatus } from "../transport-error.js";
import { Pipe } from "./pipe.js";

/** A server of a memory network. */
export interface Host {
  readonly methods: ReadonlyMap<string, MethodBinding>;
  readonly limits: Required<BufferLimits>;
  /** Cancels a call for the reason given. */
  readonly running: Set<(status: CallStatus) => void>;
  onIdle: (() => void) | undefined;
}

/** A call within the process: the client's side of it, and the two pipes. */
export class Link implements ClientByteCall {
  readonly #path: string;
  readonly #metadata: Metadata;
  readonly #client: ClientCallListener;
  readonly #requests: Pipe<undefined>;
  readonly #answers: Pipe<CallStatus>;
  #server: { readonly host: Host; readonly call: ServerCallListener } | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #over = false;
  readonly #onHostCancel = (status: CallStatus): void => this.break(status);

  constructor(path: string, metadata: Metadata, client: ClientCallListener) {
    this.#path = path;
    this.#metadata = metadata;
    this.#client = client;
    this.#requests = new Pipe(
      (bytes) => this.#server?.call.message(bytes),
      () => this.#server?.call.ended(),
    );
    // Until a server is there, requests wait.
    this.#requests.pause();
    this.#answers = new Pipe(
      (bytes) => client.message(bytes),
      (status) => {
        this.#finish();
        client.closed(status);
      },
    );
  }

  attach(host: Host): void {
    if (this.#over) return;
    const binding = host.methods.get(this.#path);
    if (binding === undefined) {
      const details = `the server does not implement ${this.#path}`;
      this.break({ status: "unimplemented", details });
      return;
    }
    host.running.add(this.#onHostCancel);
    const call = serveCall(
      binding,
      {
        metadata: this.#metadata,
        call: {
          write: (bytes, flushed) => this.#answers.write(bytes, flushed),
          pause: () => this.#requests.pause(),
          resume: () => this.#requests.resume(),
          finish: (status) => {
            this.#answers.end(status);
            this.#leaveHost();
          },
        },
      },
      host.limits,
    );
    this.#server = { host, call };
    this.#requests.resume();
  }

  expireAfter(timeoutMs: number): void {
    const details = `${timeoutMs} ms have passed`;
    this.#deadline = setTimeout(
      () => this.break({ status: "deadline-exceeded", details }),
      timeoutMs,
    );
  }

  /** Ends the call for both sides, from outside. */
  break(status: CallStatus): void {
    if (this.#over) return;
    this.#finish();
    setImmediate(() => {
      this.#server?.call.cancelled(status);
      this.#client.sendingIsOver(status);
      this.#client.closed(status);
    });
  }

  write(bytes: Buffer, flushed: () => void): void {
    this.#requests.write(bytes, flushed);
  }

  end(): void {
    this.#requests.end(undefined);
  }

  cancel(): void {
    if (this.#over) return;
    this.#finish();
    const status: CallStatus = { status: "cancelled", details: "the client has given up" };
    setImmediate(() => this.#server?.call.cancelled(status));
  }

  pause(): void {
    this.#answers.pause();
  }

  resume(): void {
    this.#answers.resume();
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#deadline);
    this.#requests.abort();
    this.#answers.abort();
    this.#leaveHost();
  }

  #leaveHost(): void {
    const host = this.#server?.host;
    if (host?.running.delete(this.#onHostCancel) === true && host.running.size === 0) {
      host.onIdle?.();
    }
  }
}
