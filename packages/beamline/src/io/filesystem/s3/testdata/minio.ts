import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface Minio {
  readonly endpoint: string;
  /** The role that bearers of a token of the issuer may take. */
  readonly roleArn: string | undefined;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): Promise<void>;
}

/** A test run that is killed has no time to end its servers; Linux can do it. */
const SETPRIV = "/usr/bin/setpriv";
const ENDS_WITH_US = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL"] : [];

const CREDENTIALS = { accessKeyId: "beamline", secretAccessKey: "beamline-secret" };

/**
 * The MinIO of the test cluster: the one in the user's cache, which in CI is built if it is not
 * there. Undefined when it is missing elsewhere.
 */
export function findMinio(): string | undefined {
  if (process.env.CI !== undefined) {
    const build = fileURLToPath(
      new URL("../../../../../../../tools/kubernetes/build.mjs", import.meta.url),
    );
    return execFileSync(process.execPath, [build, "minio"], { encoding: "utf8" }).trim();
  }
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "beamline");
  try {
    const name = readdirSync(cache).find((each) => /^kubernetes-minio-[\w-]+$/.test(each));
    return name === undefined ? undefined : join(cache, name);
  } catch {
    return undefined;
  }
}

/** Who may take a role of MinIO's, by a token: OpenID Connect, as AWS's STS knows it. */
export interface Issuer {
  /** Where it describes itself. */
  readonly url: string;
  /** Path of the certificate by which it is known. */
  readonly ca: string;
  readonly audience: string;
}

/** Starts a server with an empty folder; it ends with `stop`, or with this process. */
export async function startMinio(binary: string, issuer?: Issuer): Promise<Minio> {
  const folder = mkdtempSync(join(tmpdir(), "beamline-minio-"));
  if (issuer !== undefined) {
    mkdirSync(join(folder, ".minio/certs/CAs"), { recursive: true });
    copyFileSync(issuer.ca, join(folder, ".minio/certs/CAs/issuer.crt"));
  }
  const data = join(folder, "data");
  const address = `127.0.0.1:${await freePort()}`;
  const [command, ...args] = [...ENDS_WITH_US, binary, "server", data, "--address", address];
  const server = spawn(command ?? binary, args.concat(issuer === undefined ? "--quiet" : []), {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      MINIO_ROOT_USER: CREDENTIALS.accessKeyId,
      MINIO_ROOT_PASSWORD: CREDENTIALS.secretAccessKey,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
      GOMAXPROCS: "1",
      ...(issuer === undefined
        ? {}
        : {
            MINIO_IDENTITY_OPENID_CONFIG_URL: issuer.url,
            MINIO_IDENTITY_OPENID_CLIENT_ID: issuer.audience,
            MINIO_IDENTITY_OPENID_ROLE_POLICY: "readwrite",
          }),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const ended = once(server, "exit");
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  const endpoint = `http://${address}`;
  while (!(await isReady(endpoint))) {
    if (server.exitCode !== null) throw new Error(`MinIO ended with ${server.exitCode}`);
    await sleep(50);
  }
  return {
    endpoint,
    roleArn: issuer === undefined ? undefined : await roleIn(() => said),
    credentials: CREDENTIALS,
    async stop() {
      process.off("exit", kill);
      kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** MinIO makes a role's name up, and says it once it has seen the issuer. */
async function roleIn(said: () => string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const [role] = /arn:minio:iam:::role\/[\w-]+/.exec(said()) ?? [];
    if (role !== undefined) return role;
    await sleep(100);
  }
  throw new Error(`MinIO told no role: ${said()}`);
}

async function isReady(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/minio/health/ready`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
