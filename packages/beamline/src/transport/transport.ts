import type {
  DescMessage,
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
} from "@bufbuild/protobuf";
import type { Received, Sent } from "./codec.js";
import type { MessageStream, Metadata } from "./message-stream.js";
import type { ServiceBinding } from "./service.js";

export interface CallOptions {
  /** Default: nothing but what the transport sends with every call. */
  readonly metadata?: Metadata;
  /** The whole call must be over by then. Default: it may take for ever. */
  readonly timeoutMs?: number;
  /** Cancels the call when it fires. */
  readonly signal?: AbortSignal;
  /** Wait for a server that is not there yet. Default: false, fail at once with `unavailable`. */
  readonly waitForReady?: boolean;
}

/** The client's side. Leaving the loop over `messages` early cancels the call. */
export interface ClientStream<In, Out> extends MessageStream<In, Out> {
  /** Nothing more will be sent; messages still come in. */
  end(): void;
  /** Gives up the call. Both sides see the status `cancelled`. */
  cancel(): void;
}

/**
 * Calls the services at one address. All calls of a transport share a connection, which is made
 * with the first. Failures are `TransportError`s.
 */
export interface Transport {
  /** As it was given to `connect`. */
  readonly address: string;

  unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: Sent<I>,
    options?: CallOptions,
  ): Promise<Received<O>>;

  /** The call starts at once. Leaving the loop over its answers early cancels it. */
  serverStream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: Sent<I>,
    options?: CallOptions,
  ): AsyncIterable<Received<O>>;

  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodBiDiStreaming<I, O>,
    options?: CallOptions,
  ): ClientStream<Received<O>, Sent<I>>;

  /** Cancels the calls that are still running and gives up the connection. */
  close(): void;
}

export interface BufferLimits {
  /** Bytes that may wait to be sent, for each call. Default: 4 MiB. */
  readonly sendBufferBytes?: number;
  /** Bytes that may wait to be read, for each call. Default: 4 MiB. */
  readonly receiveBufferBytes?: number;
}

export interface ConnectOptions extends BufferLimits {
  /** Sent with every call. Default: nothing. */
  readonly metadata?: Metadata;
}

/** A running server. Whoever started it closes it. */
export interface Server {
  /** Where clients find it; the port is the real one when port 0 was asked for. */
  readonly address: string;
  /**
   * Takes no more calls, waits until those that run are over, but at most `graceMs` (default: 0),
   * and then cancels what is left.
   */
  close(graceMs?: number): Promise<void>;
}

/** Connects clients and servers: over gRPC, or within the process. */
export interface Network {
  connect(address: string, options?: ConnectOptions): Transport;
  listen(
    address: string,
    services: readonly ServiceBinding[],
    options?: BufferLimits,
  ): Promise<Server>;
}
