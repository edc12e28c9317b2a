import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";

/** What happens to a request on its way to the real server. */
export type Fault =
  /** Nothing. */
  | undefined
  /** The server is not asked; this is the answer. */
  | { readonly status: number; readonly code: string }
  /** After so many bytes of the real answer's body the connection is reset. */
  | { readonly cutAfter: number }
  /** After so many bytes the real answer ends as if that were all. */
  | { readonly endAfter: number }
  /** The server gets the request, but its answer never arrives. */
  | { readonly loseAnswer: true };

export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
}

export interface FaultProxy {
  readonly endpoint: string;
  /** Decides about each request; may be changed at any time. */
  decide: (request: SeenRequest) => Fault;
  readonly seen: SeenRequest[];
  stop(): Promise<void>;
}

/** A proxy in front of a real server, which it lets through unchanged, signatures included. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, answer) => {
    const described = describe(incoming);
    seen.push(described);
    const fault = proxy.decide(described);
    if (fault !== undefined && "status" in fault) {
      incoming.resume();
      incoming.on("end", () => refuse(answer, fault.status, fault.code));
      return;
    }
    pass(incoming, answer, new URL(target), fault);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${port}`,
    decide: () => undefined,
    seen,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}

function describe({ method = "", url = "", headers }: IncomingMessage): SeenRequest {
  return { method, url, range: headers.range, ifMatch: headers["if-match"] };
}

function pass(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { hostname, port }: URL,
  fault: Exclude<Fault, { readonly status: number }>,
): void {
  const { method, url, headers } = incoming;
  const forward = request({ hostname, port, method, path: url, headers }, (from) => {
    if (fault !== undefined && "loseAnswer" in fault) {
      from.resume();
      from.on("end", () => answer.socket?.resetAndDestroy());
      return;
    }
    if (fault !== undefined && "endAfter" in fault) {
      answer.writeHead(from.statusCode ?? 500, withoutLength(from.headers));
      let room = fault.endAfter;
      from.on("data", (bytes: Buffer) => {
        answer.write(bytes.subarray(0, Math.max(0, room)));
        room -= bytes.length;
      });
      from.on("end", () => answer.end());
      return;
    }
    answer.writeHead(from.statusCode ?? 500, from.rawHeaders);
    let left = fault?.cutAfter ?? Number.POSITIVE_INFINITY;
    if (left === 0) {
      answer.write("", () => answer.socket?.resetAndDestroy());
      from.destroy();
      return;
    }
    from.on("data", (bytes: Buffer) => {
      if (left <= 0) return;
      answer.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left > 0) return;
      // Once what was let through is out.
      answer.write("", () => answer.socket?.resetAndDestroy());
      from.destroy();
    });
    from.on("end", () => answer.end());
    from.on("error", () => answer.destroy());
  });
  forward.on("error", () => answer.destroy());
  incoming.on("error", () => forward.destroy());
  incoming.pipe(forward);
}

/** A body whose length is not known before ends where the server says so. */
function withoutLength({ "content-length": _, ...headers }: IncomingHttpHeaders) {
  return headers;
}

function refuse(answer: ServerResponse, status: number, code: string): void {
  answer.writeHead(status, { "content-type": "application/xml" });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
