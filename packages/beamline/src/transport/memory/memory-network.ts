import { BeamlineError } from "../../model/errors.js";
import type { ByteClient } from "../byte-call.js";
import { createTransport } from "../client.js";
import { resolveLimits } from "../limits.js";
import type { Network } from "../transport.js";
import type { CallStatus } from "../transport-error.js";
import { type Host, Link } from "./link.js";

/**
 * A network within this process, without sockets: the same behaviour as gRPC's, for tests and for
 * parts of Beamline that run in one place. Messages are encoded and decoded all the same, so that no
 * two sides ever share an object. Addresses are any text; an empty one gets a name of its own.
 */
export function createMemoryNetwork(): Network {
  const listeners = new Map<string, Host>();
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
      const listener: Host = {
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

function idleOrAfter(listener: Host, graceMs: number): Promise<void> {
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
  listeners: ReadonlyMap<string, Host>,
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
