import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface Minio {
  readonly endpoint: string;
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

/** Starts a server with an empty folder; it ends with `stop`, or with this process. */
export async function startMinio(binary: string): Promise<Minio> {
  const folder = mkdtempSync(join(tmpdir(), "beamline-minio-"));
  const address = `127.0.0.1:${await freePort()}`;
  const [command, ...args] = [...ENDS_WITH_US, binary, "server", folder, "--address", address];
  const server = spawn(command ?? binary, [...args, "--quiet"], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      MINIO_ROOT_USER: CREDENTIALS.accessKeyId,
      MINIO_ROOT_PASSWORD: CREDENTIALS.secretAccessKey,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
      GOMAXPROCS: "1",
    },
    stdio: ["ignore", "ignore", "ignore"],
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
    credentials: CREDENTIALS,
    async stop() {
      process.off("exit", kill);
      kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
