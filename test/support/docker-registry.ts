import { execFileSync, spawnSync } from "node:child_process";
import { createHash, createPrivateKey, sign, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { stringify } from "yaml";
import { end, freePorts, start, until } from "./processes.js";

/** Debian's package of the same name puts it there. */
const COMMAND = "/usr/bin/docker-registry";

/** User and password of registries that want a login. */
export const LOGIN = { username: "deployer", password: "open sesame" };

export interface Registry {
  /** host:port. */
  readonly host: string;
  stop(): Promise<void>;
}

/** A suite that needs a registry: skipped with a loud line where there is none, but in CI that fails. */
export function describeRegistry(name: string, suite: () => void): void {
  if (existsSync(COMMAND)) {
    describe(name, suite);
  } else if (process.env.CI === undefined) {
    console.warn(`\nSKIPPED: ${name}: there is no ${COMMAND} (apt-get install docker-registry)\n`);
    describe.skip(name, suite);
  } else {
    test(`${name} runs in CI`, () => {
      throw new Error(`there is no ${COMMAND}`);
    });
  }
}

/** Starts Docker's registry: open to all, with a password, or with tokens from a server of its own. */
export async function startRegistry(login: "none" | "basic" | "token" = "none"): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "beamline-registry-"));
  const [port = 0, tokenPort = 0] = await freePorts(2);
  const host = `127.0.0.1:${port}`;
  const tokens = login === "token" ? await startTokens(folder, tokenPort) : undefined;
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: host },
    ...(login === "basic" ? { auth: { htpasswd: { realm: "test", path: htpasswd(folder) } } } : {}),
    ...(tokens === undefined ? {} : { auth: { token: tokens.settings } }),
  };
  writeFileSync(join(folder, "config.yml"), stringify(config));
  const server = start({
    command: COMMAND,
    args: ["serve", join(folder, "config.yml")],
    env: { OTEL_TRACES_EXPORTER: "none" },
  });
  await until("the registry", async () => (await fetch(`http://${host}/v2/`)).status < 500);
  return {
    host,
    async stop() {
      await end(server);
      tokens?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Docker's config.json with the login of a registry, in a folder for DOCKER_CONFIG. */
export function dockerConfig(folder: string, host: string, password = LOGIN.password): string {
  const auth = Buffer.from(`${LOGIN.username}:${password}`).toString("base64");
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  return folder;
}

function htpasswd(folder: string): string {
  const path = join(folder, "htpasswd");
  const { username, password } = LOGIN;
  const python = `import crypt; print(crypt.crypt(${JSON.stringify(password)}, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))`;
  const { stdout } = spawnSync("python3", ["-W", "ignore", "-c", python], { encoding: "utf8" });
  writeFileSync(path, `${username}:${stdout.trim()}\n`);
  return path;
}

/** A token server as the registry's documentation describes it, with a key of its own. */
async function startTokens(folder: string, port: number) {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=beamline-test"],
      ...["-keyout", key, "-out", certificate],
    ],
    { stdio: "ignore" },
  );
  const privateKey = createPrivateKey(readFileSync(key));
  const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString("base64")];
  const expected = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString("base64")}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401).end();
      return;
    }
    const url = new URL(request.url ?? "/", "http://localhost");
    const access = url.searchParams.getAll("scope").map((scope) => {
      const [type, name, actions = ""] = scope.split(":");
      return { type, name, actions: actions.split(",") };
    });
    const now = Math.floor(Date.now() / 1000);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { iss: "beamline-test", aud: "registry", sub: LOGIN.username, access };
    const times = { nbf: now - 60, iat: now, exp: now + 300, jti: createHash("md5").digest("hex") };
    const body = `${part({ typ: "JWT", alg: "RS256", x5c })}.${part({ ...claims, ...times })}`;
    const signature = sign("sha256", Buffer.from(body), privateKey).toString("base64url");
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ token: `${body}.${signature}`, expires_in: 300 }));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    settings: {
      realm: `http://127.0.0.1:${port}/token`,
      service: "registry",
      issuer: "beamline-test",
      rootcertbundle: certificate,
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
