import type { DescMessage } from "@bufbuild/protobuf";
import type { IncomingCall, ServerCallListener } from "./byte-call.js";
import { codecOf, type Received, type Sent } from "./codec.js";
import { Inbox } from "./inbox.js";
import { Outbox } from "./outbox.js";
import type { CallContext, MethodBinding } from "./service.js";
import type { BufferLimits } from "./transport.js";
import { type CallStatus, OK, statusOf, TransportError } from "./transport-error.js";

/** Runs a method's handler for a call that has come in. The network feeds the returned listener. */
export function serveCall(
  binding: MethodBinding,
  { call, metadata }: IncomingCall,
  limits: Required<BufferLimits>,
): ServerCallListener {
  const { input, output } = binding.method;
  const gone = new AbortController();
  let over = false;

  const inbox = new Inbox<Received<DescMessage>>(codecOf(input).decode, limits.receiveBufferBytes, {
    pause: () => call.pause(),
    resume: () => call.resume(),
    abandon: () => undefined,
  });
  const outbox = new Outbox<Sent<DescMessage>>(
    codecOf(output).encode,
    limits.sendBufferBytes,
    (bytes, flushed) => call.write(bytes, flushed),
  );
  const finish = (status: CallStatus): void => {
    if (over) return;
    over = true;
    // Whatever the client still sends is let through and dropped.
    void inbox.return();
    outbox.end();
    call.finish(status);
  };

  runHandler(binding, inbox, outbox, { metadata, signal: gone.signal }).then(
    () => finish(OK),
    (error: unknown) => finish(statusOf(error)),
  );
  return {
    message: (bytes) => inbox.push(bytes),
    ended: () => inbox.end(),
    cancelled: (status) => {
      if (over) return;
      over = true;
      const error = new TransportError(status.status, status.details);
      inbox.fail(error, "drop");
      outbox.fail(error);
      gone.abort(error);
    },
  };
}

async function runHandler(
  binding: MethodBinding,
  inbox: Inbox<Received<DescMessage>>,
  outbox: Outbox<Sent<DescMessage>>,
  context: CallContext,
): Promise<void> {
  switch (binding.kind) {
    case "unary":
      void outbox.send(await binding.handler(await firstOf(inbox), context));
      return;
    case "server_streaming":
      for await (const answer of binding.handler(await firstOf(inbox), context)) {
        await outbox.send(answer);
      }
      return;
    case "bidi_streaming":
      await binding.handler({ messages: inbox, send: (message) => outbox.send(message) }, context);
      return;
  }
}

async function firstOf<T>(inbox: Inbox<T>): Promise<T> {
  const first = await inbox.next();
  if (first.done === true) {
    throw new TransportError("invalid-argument", "the call ended without a request");
  }
  return first.value;
}
