import type { DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { ByteClient, ClientByteCall } from "./byte-call.js";
import { codecOf, type Received, type Sent } from "./codec.js";
import { Inbox } from "./inbox.js";
import { resolveLimits } from "./limits.js";
import { Outbox } from "./outbox.js";
import { pathOf } from "./service.js";
import type { CallOptions, ClientStream, ConnectOptions, Transport } from "./transport.js";
import { type CallStatus, callError, type TransportError } from "./transport-error.js";

/** A Transport over anything that carries calls as bytes. */
export function createTransport(
  address: string,
  client: ByteClient,
  options: ConnectOptions = {},
): Transport {
  const limits = resolveLimits(options);
  const running = new Set<() => void>();

  function open<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { readonly input: I; readonly output: O },
    { metadata, signal, timeoutMs, waitForReady }: CallOptions = {},
  ): ClientStream<Received<O>, Sent<I>> {
    const path = pathOf(method);
    const failure = (status: CallStatus): TransportError =>
      callError(`${method.parent.name}/${method.name}`, address, status);
    let call: ClientByteCall | undefined;

    const cancel = (): void => abandon("cancelled by the caller");
    const abandon = (details: string): void => {
      if (!running.delete(cancel)) return;
      settle({ status: "cancelled", details }, "drop");
      call?.cancel();
    };
    const settle = (status: CallStatus, waiting: "keep" | "drop"): void => {
      running.delete(cancel);
      signal?.removeEventListener("abort", cancel);
      if (status.status === "ok") inbox.end();
      else inbox.fail(failure(status), waiting);
      outbox.fail(failure(overFor(status)));
    };

    const inbox = new Inbox(codecOf(method.output).decode, limits.receiveBufferBytes, {
      pause: () => call?.pause(),
      resume: () => call?.resume(),
      abandon: () => abandon("its reader has left"),
    });
    const outbox = new Outbox(
      codecOf(method.input).encode,
      limits.sendBufferBytes,
      (bytes, flushed) => call?.write(bytes, flushed),
    );

    running.add(cancel);
    if (signal?.aborted === true) {
      cancel();
    } else {
      signal?.addEventListener("abort", cancel, { once: true });
      call = client.open(
        path,
        {
          metadata: { ...options.metadata, ...metadata },
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          ...(waitForReady === undefined ? {} : { waitForReady }),
        },
        {
          message: (bytes) => inbox.push(bytes),
          sendingIsOver: (status) => outbox.fail(failure(overFor(status))),
          closed: (status) => settle(status, "keep"),
        },
      );
    }
    return {
      messages: inbox,
      send: (message) => outbox.send(message),
      end: () => {
        outbox.end();
        call?.end();
      },
      cancel,
    };
  }

  return {
    address,
    async unary(method, request, callOptions) {
      const stream = open(method, callOptions);
      void stream.send(request);
      stream.end();
      const answers = stream.messages[Symbol.asyncIterator]();
      const answer = await answers.next();
      if (answer.done === true) {
        const details = "it ended without an answer";
        throw callError(method.name, address, { status: "internal", details });
      }
      // The status comes after the answer, and may still say that it failed.
      await answers.next();
      return answer.value;
    },
    serverStream(method, request, callOptions) {
      const stream = open(method, callOptions);
      void stream.send(request);
      stream.end();
      return stream.messages;
    },
    stream: (method, callOptions) => open(method, callOptions),
    close() {
      for (const cancel of [...running]) cancel();
      client.close();
    },
  };
}

/** What a sender is told when the call is over: even success is no good to it. */
function overFor(status: CallStatus): CallStatus {
  if (status.status !== "ok") return status;
  return { status: "cancelled", details: "the server has ended the call" };
}
