import { BeamlineError } from "../../model/errors.js";
import type {
  ByteClient,
  ClientByteCall,
  ClientCallListener,
  ServerCallListener,
} from "../byte-call.js";
import { createTransport } from "../client.js";
import { resolveLimits } from "../limits.js";
import { serveCall } from "../server.js";
import type { MethodBinding } from "../service.js";
import type { BufferLimits, Metadata, Network } from "../transport.js";
import type { CallStatus } from "../transport-error.js";
import { Pipe } from "./pipe.js";

interface Listener {
  readonly methods: ReadonlyMap<string, MethodBinding>;
  readonly limits: Required<BufferLimits>;
  /** Cancels a call for the reason given. */
  readonly running: Set<(status: CallStatus) => void>;
  onIdle: (() => void) | undefined;
}

/**
 * A network within this process, without sockets: the same behaviour as gRPC's, for tests and for
 * parts of Beamline that run in one place. Messages are encoded and decoded all the same, so that no
 * two sides ever share an object. Addresses are any text; an empty one gets a name of its own.
 */
export function createMemoryNetwork(): Network {
  const listeners = new Map<string, Listener>();
  const waiting = new Map<string, Set<() => void>>();
  let created = 0;

  return {
    connect: (address, options) =>
      createTransport(address, memoryClient(address, listeners, waiting), options),

    async listen(wanted, services, options = {}) {
      const address = wanted === "" ? `memory:${created++}` : wanted;
      if (listeners.has(address)) {
        const state = "another server has it";
        throw new BeamlineError(
          "ADDRESS_IN_USE",
          `Cannot listen at ${address}: ${state}; close it first`,
        );
      }
      const methods = services.flatMap((service) => service.methods);
      const listener: Listener = {
        methods: new Map(methods.map((binding) => [binding.path, binding])),
        limits: resolveLimits(options),
        running: new Set(),
        onIdle: undefined,
      };
      listeners.set(address, listener);
      for (const wake of waiting.get(address) ?? []) wake();
      waiting.delete(address);
      return {
        address,
        async close(graceMs = 0) {
          listeners.delete(address);
          if (listener.running.size > 0 && graceMs > 0) await idleOrAfter(listener, graceMs);
          const status: CallStatus = { status: "unavailable", details: "the server has closed" };
          for (const cancel of [...listener.running]) cancel(status);
        },
      };
    },
  };
}

function idleOrAfter(listener: Listener, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    listener.onIdle = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function memoryClient(
  address: string,
  listeners: ReadonlyMap<string, Listener>,
  waiting: Map<string, Set<() => void>>,
): ByteClient {
  return {
    open(path, { metadata, timeoutMs, waitForReady }, listener) {
      const link = new Link(path, metadata, listener);
      if (timeoutMs !== undefined) link.expireAfter(timeoutMs);
      const server = listeners.get(address);
      if (server !== undefined) {
        link.attach(server);
      } else if (waitForReady === true) {
        const wakers = waiting.get(address) ?? new Set();
        waiting.set(address, wakers);
        wakers.add(() => {
          const arrived = listeners.get(address);
          if (arrived !== undefined) link.attach(arrived);
        });
      } else {
        link.break({ status: "unavailable", details: "nothing listens there" });
      }
      return link;
    },
    close: () => undefined,
  };
}

/** A call within the process: the client's side of it, and the two pipes. */
class Link implements ClientByteCall {
  readonly #path: string;
  readonly #metadata: Metadata;
  readonly #client: ClientCallListener;
  readonly #requests: Pipe<undefined>;
  readonly #answers: Pipe<CallStatus>;
  #server: { readonly host: Listener; readonly call: ServerCallListener } | undefined;
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

  attach(host: Listener): void {
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
