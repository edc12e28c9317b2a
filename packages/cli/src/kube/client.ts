import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  RequestOptions,
} from "node:http";
import type { Readable } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import { BeamlineError } from "beamline";
import { type KubeConfigRequest, loadKubeConfig } from "./kube-config.js";
import { KubeError, type KubeStatus } from "./kube-error.js";

export interface KubeRequest {
  /** Default: `GET`. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | undefined;
  /** From the server's root: `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string | undefined;
  /** What a refusal says could not be done: "read the pods". Default: made of method and path. */
  readonly action?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take to begin. Default: 30 s. */
  readonly timeoutMs?: number | undefined;
}

export interface KubeResponse {
  readonly status: number;
  readonly text: string;
}

/** An answer that has only begun to come. */
export interface KubeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** A cluster's API: one context, one connection pool. Whoever opens it closes it. */
export interface KubeClient {
  /** Name of the context in the user's configuration. */
  readonly context: string;
  /** Address of the API server. */
  readonly server: string;
  /** Of the request that opened it, else of the context, else `default`. */
  readonly namespace: string;
  /** The answer, whatever its status. Throws only when no answer comes. */
  request(request: KubeRequest): Promise<KubeResponse>;
  /** The answer's JSON; a status of 400 and more is a {@link KubeError}. */
  json<T>(request: KubeRequest): Promise<T>;
  /** The answer as it comes, whatever its status: for pages behind the API server. */
  fetch(request: KubeRequest): Promise<KubeAnswer>;
  /** The answer's body as it comes, for logs and watches; destroy it to hang up. */
  stream(request: KubeRequest): Promise<Readable>;
  close(): void;
}

export interface OpenKubeClient extends KubeConfigRequest {
  /** Default: the context's. */
  readonly namespace?: string | undefined;
}

const TIMEOUT_MS = 30_000;

/** Opens the cluster that kubectl would talk to; sends nothing yet. */
export async function openKubeClient(options: OpenKubeClient): Promise<KubeClient> {
  const config = await loadKubeConfig(options);
  const [http, https] = await Promise.all([import("node:http"), import("node:https")]);
  return new HttpKubeClient(config, options.namespace, {
    http: http.request,
    https: https.request,
  });
}

type Send = (url: URL, options: RequestOptions) => ClientRequest;

class HttpKubeClient implements KubeClient {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  private readonly config: KubeConfig;
  private readonly send: Send;
  /** Made with the first request: a connection is kept for the next ones. */
  private agent: Agent | undefined;

  constructor(
    config: KubeConfig,
    namespace: string | undefined,
    send: { readonly http: Send; readonly https: Send },
  ) {
    this.config = config;
    this.context = config.getCurrentContext();
    this.server = config.getCurrentCluster()?.server ?? "";
    this.namespace = namespace ?? (config.getContextObject(this.context)?.namespace || "default");
    this.send = this.server.startsWith("http:") ? send.http : send.https;
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    const response = await this.open(request);
    try {
      return { status: response.statusCode ?? 0, text: await textOf(response) };
    } catch (cause) {
      throw this.unreachable(request, cause);
    }
  }

  async json<T>(request: KubeRequest): Promise<T> {
    const { status, text } = await this.request(request);
    if (status >= 400) throw refusal(request, status, text);
    return JSON.parse(text) as T;
  }

  async fetch(request: KubeRequest): Promise<KubeAnswer> {
    const body = await this.open(request);
    return { status: body.statusCode ?? 0, headers: body.headers, body };
  }

  async stream(request: KubeRequest): Promise<Readable> {
    const response = await this.open(request);
    const status = response.statusCode ?? 0;
    if (status >= 400) throw refusal(request, status, await textOf(response));
    return response;
  }

  close(): void {
    this.agent?.destroy();
  }

  private async open(request: KubeRequest): Promise<IncomingMessage> {
    const { method = "GET", path, query = {}, body, contentType, signal } = request;
    const url = new URL(this.server.replace(/\/+$/, "") + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const options = await this.optionsFor(request);
    const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const { timeoutMs = TIMEOUT_MS } = request;
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = this.send(url, {
        ...options,
        method,
        headers: {
          accept: "application/json, */*",
          ...options.headers,
          ...(payload === undefined
            ? {}
            : {
                "content-type": contentType ?? "application/json",
                "content-length": Buffer.byteLength(payload),
              }),
        },
        ...(signal === undefined ? {} : { signal }),
      });
      const timer = setTimeout(
        () => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      sent.on("response", (response) => {
        clearTimeout(timer);
        resolve(response);
      });
      sent.on("error", (cause) => {
        clearTimeout(timer);
        reject(signal?.aborted === true ? signal.reason : this.unreachable(request, cause));
      });
      sent.end(payload);
    });
  }

  /** Credentials may be short-lived, so they are asked for each time. */
  private async optionsFor(request: KubeRequest): Promise<RequestOptions> {
    const options: RequestOptions = {};
    try {
      await this.config.applyToHTTPSOptions(options);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.trim() : String(cause);
      throw new BeamlineError(
        "KUBE_CONFIG",
        `Cannot ${actionOf(request)}: the credentials of context ${this.context} cannot be had (${reason}); log in again, or choose another --context`,
        { cause },
      );
    }
    if (this.agent === undefined) {
      this.agent = options.agent as Agent & { keepAlive: boolean };
      Object.assign(this.agent, { keepAlive: true });
    }
    return { ...options, agent: this.agent };
  }

  private unreachable(request: KubeRequest, cause: unknown): BeamlineError {
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    return new BeamlineError(
      "KUBE_UNREACHABLE",
      `Cannot ${actionOf(request)}: the API server ${this.server} of context ${this.context} does not answer (${reason}); see that it is up and reachable from here (VPN, public endpoint), or choose another --context`,
      { origin: "remote", cause },
    );
  }
}

function actionOf({ action, method = "GET", path }: KubeRequest): string {
  return action ?? `${method === "GET" ? "read" : method.toLowerCase()} ${path}`;
}

function refusal(request: KubeRequest, status: number, text: string): KubeError {
  return new KubeError(actionOf(request), status, statusOf(text));
}

function statusOf(text: string): KubeStatus {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch {
    // Proxies answer in prose.
  }
  return { message: text.slice(0, 500) };
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
