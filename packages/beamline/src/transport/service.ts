import type { DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";
import type { Received, Sent } from "./codec.js";
import type { MessageStream, Metadata } from "./message-stream.js";

/** What a handler learns about its call. */
export interface CallContext {
  readonly metadata: Metadata;
  /** Fires when the client has gone, the time is up or the server closes: nobody will listen. */
  readonly signal: AbortSignal;
}

export type UnaryHandler<I extends DescMessage, O extends DescMessage> = (
  request: Received<I>,
  context: CallContext,
) => Promise<Sent<O>> | Sent<O>;

/** Answers are taken one by one, as fast as the client reads. */
export type ServerStreamHandler<I extends DescMessage, O extends DescMessage> = (
  request: Received<I>,
  context: CallContext,
) => AsyncIterable<Sent<O>>;

/** The call ends, with success, when the promise resolves. */
export type StreamHandler<I extends DescMessage, O extends DescMessage> = (
  stream: MessageStream<Received<I>, Sent<O>>,
  context: CallContext,
) => Promise<void>;

export type Handler<Method extends DescMethod> = Method extends { methodKind: "unary" }
  ? UnaryHandler<Method["input"], Method["output"]>
  : Method extends { methodKind: "server_streaming" }
    ? ServerStreamHandler<Method["input"], Method["output"]>
    : Method extends { methodKind: "bidi_streaming" }
      ? StreamHandler<Method["input"], Method["output"]>
      : never;

/** Handlers by method. Calls to a method that has none fail with `unimplemented`. */
export type Handlers<Service extends DescService> = {
  readonly [Name in keyof Service["method"]]?: Handler<Service["method"][Name]>;
};

/** One method that a server offers. */
export type MethodBinding = { readonly path: string; readonly method: DescMethod } & (
  | { readonly kind: "unary"; readonly handler: UnaryHandler<DescMessage, DescMessage> }
  | {
      readonly kind: "server_streaming";
      readonly handler: ServerStreamHandler<DescMessage, DescMessage>;
    }
  | { readonly kind: "bidi_streaming"; readonly handler: StreamHandler<DescMessage, DescMessage> }
);

/** A service with its handlers: what `Network.listen` takes. */
export interface ServiceBinding {
  readonly service: DescService;
  readonly methods: readonly MethodBinding[];
}

/** Ties handlers to a service: `bindService(JobService, { prepare: async (request) => ... })`. */
export function bindService<Service extends DescService>(
  service: Service,
  handlers: Handlers<Service>,
): ServiceBinding {
  const byName = new Map<string, unknown>(Object.entries(handlers));
  return {
    service,
    methods: service.methods.flatMap((method) => {
      const handler = byName.get(method.localName);
      if (handler === undefined) return [];
      // `Handlers` has checked that the handler is of the method's kind.
      const binding: unknown = { path: pathOf(method), method, kind: method.methodKind, handler };
      return [binding as MethodBinding];
    }),
  };
}

/** The name of a method on the wire: `/package.Service/Method`. */
export function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}
