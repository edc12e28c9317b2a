import type { Metadata } from "./message-stream.js";
import type { CallStatus } from "./transport-error.js";

/**
 * One side of a running call, as bytes: what a network provides, and all that it has to. Unary calls
 * are streams of one message, as they are on the wire.
 */
export interface ByteCall {
  /** `flushed` is called when the bytes have left, or never if the call fails first. */
  write(bytes: Buffer, flushed: () => void): void;
  /** Stop delivering messages for now. */
  pause(): void;
  resume(): void;
}

export interface ClientByteCall extends ByteCall {
  /** No more messages from this side. */
  end(): void;
  /** The listener hears nothing more. */
  cancel(): void;
}

export interface ServerByteCall extends ByteCall {
  /** Ends the call, after all that was written. */
  finish(status: CallStatus): void;
}

export interface ClientCallListener {
  message(bytes: Buffer): void;
  /** Comes last, after every message, and once. */
  closed(status: CallStatus): void;
  /** May come ahead of messages that are still to be delivered: sending makes no sense any more. */
  sendingIsOver(status: CallStatus): void;
}

export interface ServerCallListener {
  message(bytes: Buffer): void;
  /** The client has ended its side. */
  ended(): void;
  /** The client has gone, or the time is up. */
  cancelled(status: CallStatus): void;
}

export interface ByteCallOptions {
  readonly metadata: Metadata;
  readonly timeoutMs?: number;
  readonly waitForReady?: boolean;
}

/** Makes calls to one address. */
export interface ByteClient {
  open(path: string, options: ByteCallOptions, listener: ClientCallListener): ClientByteCall;
  close(): void;
}

/** A call that came in, and who serves it. */
export interface IncomingCall {
  readonly metadata: Metadata;
  readonly call: ServerByteCall;
}
