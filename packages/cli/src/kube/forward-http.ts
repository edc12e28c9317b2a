import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BeamlineError } from "beamline";
import type { KubeClient } from "./client.js";

export interface HttpForward {
  /** `http://localhost:4040`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ForwardRequest {
  readonly client: KubeClient;
  /** Of what is behind the API server, such as `podProxyPath()` makes it. */
  readonly path: string;
  /** Of this machine; 0 takes a free one. */
  readonly port: number;
  /** Whether another port will do when this one is taken. */
  readonly orFree: boolean;
}

/**
 * Shows a web page of the cluster on a port of this machine, for browsers on this machine only. It
 * goes through the API server with the user's own rights, and needs no port-forward.
 */
export async function forwardHttp(request: ForwardRequest): Promise<HttpForward> {
  const { client, path: root, port, orFree } = request;
  const server = createServer((incoming, outgoing) => {
    void answer(client, root, incoming, outgoing);
  });
  try {
    await listen(server, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || !orFree) {
      throw new BeamlineError(
        "PORT_TAKEN",
        `Cannot listen on port ${port}: ${(error as Error).message}; give another --port, or 0 for a free one`,
        { cause: error },
      );
    }
    await listen(server, 0);
  }
  const address = server.address();
  const actual = address !== null && typeof address === "object" ? address.port : port;
  return {
    url: `http://localhost:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function answer(
  client: KubeClient,
  root: string,
  { url = "/", method }: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    if (method !== "GET" && method !== "HEAD" && method !== "POST") {
      outgoing.writeHead(405).end();
      return;
    }
    // The API server writes links that lead through itself: they lead here as they are.
    const [path = "/", query = ""] = split(url.startsWith(root) ? url.slice(root.length) : url);
    const { status, headers, body } = await client.fetch({
      method: method === "POST" ? "POST" : "GET",
      path: root + (path === "" ? "/" : path),
      query: Object.fromEntries(new URLSearchParams(query)),
      action: "show the page",
    });
    const passed: Record<string, string> = {};
    for (const name of ["content-type", "location", "cache-control"]) {
      const value = headers[name];
      if (typeof value === "string") passed[name] = value;
    }
    outgoing.writeHead(status, passed);
    body.pipe(outgoing);
  } catch (error) {
    outgoing.writeHead(502, { "content-type": "text/plain" });
    outgoing.end(error instanceof Error ? error.message : String(error));
  }
}

function split(url: string): [path: string, query: string] {
  const at = url.indexOf("?");
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}
