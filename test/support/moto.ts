import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { end, freePorts, start, until } from "./processes.js";

const INSTALL = fileURLToPath(new URL("../../tools/moto.sh", import.meta.url));

export interface Moto {
  /** http://127.0.0.1:PORT; any region and any key will do. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto, which answers as ECR, STS, IAM and EKS do. It is installed first if need be. */
export async function startMoto(): Promise<Moto> {
  const venv = execFileSync(INSTALL, { encoding: "utf8" }).trim();
  const [port] = await freePorts(1);
  const command = join(venv, "bin", "moto_server");
  const args = ["--host", "127.0.0.1", "--port", String(port)];
  const server = start({ command, args, env: {} });
  const endpoint = `http://127.0.0.1:${port}`;
  await until("moto", async () => (await fetch(`${endpoint}/moto-api/`)).ok);
  return { endpoint, stop: () => end(server) };
}
