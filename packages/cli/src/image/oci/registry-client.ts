import { setTimeout as sleep } from "node:timers/promises";
import { type Challenge, parseChallenge } from "./challenge.js";
import type { Credentials } from "./credentials.js";
import { refused, unreachable } from "./registry-error.js";

export interface RegistryOptions {
  readonly host: string;
  /** Asked once, when the registry wants to know. */
  readonly credentials: () => Promise<Credentials | undefined>;
  /** Speak plain HTTP. Default: for this machine only. */
  readonly insecure?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface RegistryRequest {
  /** After "Cannot", for errors. */
  readonly action: string;
  readonly method?: string;
  /** From `/v2/` on, or a whole URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Statuses besides 2xx that are answers and not failures. */
  readonly accept?: readonly number[];
  /** Repositories that it is about, and what is done there: `repository:name:pull,push`. */
  readonly scope: string;
}

const ATTEMPTS = 4;
const TOKEN_SECONDS = 60;

/** The requests of the OCI distribution specification, with logins, patience and words for failures. */
export class RegistryClient {
  readonly host: string;
  readonly signal: AbortSignal | undefined;
  private readonly base: string;
  private readonly options: RegistryOptions;
  private asked: Promise<Credentials | undefined> | undefined;
  private challenge: Challenge | undefined;
  private readonly tokens = new Map<string, Promise<Token>>();

  constructor(options: RegistryOptions) {
    const { host, signal, insecure = isLocal(host) } = options;
    this.host = host;
    this.signal = signal;
    this.options = options;
    this.base = `${insecure ? "http" : "https"}://${host === "docker.io" ? "registry-1.docker.io" : host}`;
  }

  url(path: string): string {
    return new URL(path, this.base).href;
  }

  /** Sends a request until it is answered for good. */
  async send(request: RegistryRequest): Promise<Response> {
    const { action, method = "GET", path, headers = {}, body, accept = [] } = request;
    for (let attempt = 1, asked = false; ; ) {
      const authorization = await this.authorization(request);
      let answer: Response;
      try {
        answer = await fetch(this.url(path), {
          method,
          headers: { ...headers, ...authorization },
          ...(body === undefined ? {} : { body }),
          ...(this.signal === undefined ? {} : { signal: this.signal }),
        });
      } catch (cause) {
        this.signal?.throwIfAborted();
        if (attempt >= ATTEMPTS) throw unreachable(action, this.host, cause);
        await this.pause(attempt++);
        continue;
      }
      if (answer.ok || accept.includes(answer.status)) return answer;
      if (answer.status === 401 && !asked && this.takeChallenge(answer, request.scope)) {
        asked = true;
        await answer.body?.cancel();
        continue;
      }
      if (attempt < ATTEMPTS && (answer.status >= 500 || answer.status === 429)) {
        await answer.body?.cancel();
        await this.pause(attempt++);
        continue;
      }
      throw await refused(action, this.host, answer, (await this.credentials()) !== undefined);
    }
  }

  /** The header that says who we are; none as long as the registry has not asked. */
  async authorization(
    request: Pick<RegistryRequest, "action" | "scope">,
  ): Promise<Record<string, string>> {
    const { challenge } = this;
    if (challenge === undefined) return {};
    const credentials = await this.credentials();
    if (challenge.kind === "basic") {
      return credentials?.kind === "password" ? { authorization: basic(credentials) } : {};
    }
    const { scope } = request;
    let token = this.tokens.get(scope);
    if (token === undefined || (await token).expires < Date.now()) {
      token = this.fetchToken(challenge, request, credentials);
      this.tokens.set(scope, token);
      token.catch(() => this.tokens.delete(scope));
    }
    return { authorization: `Bearer ${(await token).token}` };
  }

  async pause(attempt: number): Promise<void> {
    const most = 250 * 4 ** (attempt - 1);
    await sleep(most / 2 + (most / 2) * Math.random(), undefined, { signal: this.signal });
  }

  private takeChallenge(answer: Response, scope: string): boolean {
    const challenge = parseChallenge(answer.headers.get("www-authenticate"));
    if (challenge === undefined) return false;
    this.challenge = challenge;
    this.tokens.delete(scope);
    return true;
  }

  private credentials(): Promise<Credentials | undefined> {
    this.asked ??= this.options.credentials();
    return this.asked;
  }

  /** https://distribution.github.io/distribution/spec/auth/token/ */
  private async fetchToken(
    { realm, service }: Challenge & { kind: "bearer" },
    { action, scope }: Pick<RegistryRequest, "action" | "scope">,
    credentials: Credentials | undefined,
  ): Promise<Token> {
    const parameters = new URLSearchParams();
    if (service !== undefined) parameters.set("service", service);
    for (const each of scope.split(" ")) parameters.append("scope", each);
    const init: RequestInit = this.signal === undefined ? {} : { signal: this.signal };
    const url = new URL(realm);
    if (credentials?.kind === "identity-token") {
      parameters.set("scope", scope);
      parameters.set("grant_type", "refresh_token");
      parameters.set("client_id", "beamline");
      parameters.set("refresh_token", credentials.token);
      Object.assign(init, { method: "POST", body: parameters });
    } else {
      for (const [name, value] of parameters) url.searchParams.append(name, value);
      if (credentials !== undefined) init.headers = { authorization: basic(credentials) };
    }
    let answer: Response;
    try {
      answer = await fetch(url, init);
    } catch (cause) {
      this.signal?.throwIfAborted();
      throw unreachable(action, url.host, cause);
    }
    if (!answer.ok) throw await refused(action, url.host, answer, credentials !== undefined);
    const {
      token,
      access_token,
      expires_in = TOKEN_SECONDS,
    } = (await answer.json()) as {
      readonly token?: string;
      readonly access_token?: string;
      readonly expires_in?: number;
    };
    const expires = Date.now() + Math.max(10, expires_in - 10) * 1000;
    return { token: token ?? access_token ?? "", expires };
  }
}

interface Token {
  readonly token: string;
  readonly expires: number;
}

function basic({ username, password }: Credentials & { kind: "password" }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Docker, too, takes a registry on this machine to speak plain HTTP. */
function isLocal(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
}
