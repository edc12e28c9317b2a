import {
  type Metadata as GrpcMetadata,
  Server as GrpcServer,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { BeamlineError } from "../../model/errors.js";
import type { ServerCallListener } from "../byte-call.js";
import { resolveLimits } from "../limits.js";
import type { Metadata } from "../message-stream.js";
import { serveCall } from "../server.js";
import type { MethodBinding, ServiceBinding } from "../service.js";
import type { BufferLimits, Server } from "../transport.js";
import type { CallStatus } from "../transport-error.js";
import { fitDetails, grpcCode } from "./grpc-status.js";
import { removeStaleSocket, unixSocketPath } from "./unix-socket.js";

const SERVER_OPTIONS = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/** How long a closing server waits for calls that it has cancelled to leave. */
const FAREWELL_MS = 500;

const identity = (bytes: Buffer): Buffer => bytes;

/** Serves gRPC, without TLS, at `host:port` or `unix:/path`. Port 0 takes a free one. */
export async function grpcServer(
  address: string,
  services: readonly ServiceBinding[],
  options: BufferLimits = {},
): Promise<Server> {
  const socket = unixSocketPath(address);
  if (socket !== undefined) await removeStaleSocket(socket);
  const server = new GrpcServer(SERVER_OPTIONS);
  const limits = resolveLimits(options);
  const running = new Set<() => void>();
  for (const binding of services.flatMap((service) => service.methods)) {
    server.register(
      binding.path,
      (call: ServerDuplexStream<Buffer, Buffer>) => serveGrpcCall(binding, call, limits, running),
      identity,
      identity,
      // Unary calls too: on the wire there is no difference.
      "bidi",
    );
  }
  const port = await bind(server, address);
  return {
    address: socket === undefined ? address.replace(/:0$/, `:${port}`) : address,
    async close(graceMs = 0) {
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      if (graceMs > 0 && running.size > 0) await closedOrAfter(closed, graceMs);
      for (const cancel of [...running]) cancel();
      // Lets the clients be told why, unless one does not read.
      await closedOrAfter(closed, FAREWELL_MS);
      server.forceShutdown();
      // Everything is closed now, but grpc-js 1.14 sometimes does not say so: where a connection
      // closes by itself at this very moment, the callback of tryShutdown never comes.
      await closedOrAfter(closed, FAREWELL_MS);
    },
  };
}

function serveGrpcCall(
  binding: MethodBinding,
  call: ServerDuplexStream<Buffer, Buffer>,
  limits: Required<BufferLimits>,
  running: Set<() => void>,
): void {
  let over = false;
  const finish = (): void => {
    over = true;
    running.delete(onServerClose);
  };
  const cancelled = (): void => {
    if (over) return;
    finish();
    const late = Date.now() >= Number(call.getDeadline());
    const details = "the client has gone or given up";
    listener.cancelled({ status: late ? "deadline-exceeded" : "cancelled", details });
  };
  const onServerClose = (): void => {
    finish();
    const status = { status: "unavailable", details: "the server has closed" } as const;
    listener.cancelled(status);
    sendStatus(call, status);
  };
  running.add(onServerClose);

  const listener: ServerCallListener = serveCall(
    binding,
    {
      metadata: metadataFrom(call.metadata),
      call: {
        write: (bytes, flushed) => {
          if (call.writable) call.write(bytes, () => flushed());
        },
        pause: () => {
          call.pause();
        },
        resume: () => {
          call.resume();
        },
        finish: (status) => {
          finish();
          sendStatus(call, status);
        },
      },
    },
    limits,
  );
  call.on("data", (bytes: Buffer) => listener.message(bytes));
  // A cancelled call ends too, and is reported as cancelled only afterwards: without the wait a
  // handler would take what has come so far for everything.
  call.on("end", () => {
    setImmediate(() =>
      setImmediate(() => {
        if (!over) listener.ended();
      }),
    );
  });
  call.on("cancelled", cancelled);
}

function sendStatus(
  call: ServerDuplexStream<Buffer, Buffer>,
  { status, details }: CallStatus,
): void {
  if (status === "ok") call.end();
  else call.emit("error", { code: grpcCode(status), details: fitDetails(details) });
}

function metadataFrom(metadata: GrpcMetadata): Metadata {
  const texts = Object.entries(metadata.getMap());
  return Object.fromEntries(texts.map(([name, value]) => [name, value.toString()]));
}

function bind(server: GrpcServer, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) {
        resolve(port);
        return;
      }
      const message = `Cannot listen at ${address}: ${error.message}; choose another address, or port 0 for any`;
      reject(new BeamlineError("ADDRESS_IN_USE", message, { cause: error }));
    });
  });
}

async function closedOrAfter(closed: Promise<void>, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs);
  });
  await Promise.race([closed, grace]);
  clearTimeout(timer);
}
