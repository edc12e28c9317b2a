import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { needing } from "./missing-tool.js";
import { ServerProcess } from "./server-process.js";

/** A running job server. */
export interface JobServer {
  /** `host:port`. */
  readonly address: string;
  stop(keepLog?: boolean): Promise<void>;
}

/** Beam's Python SDK with its local job service. */
export async function startPython(): Promise<JobServer> {
  const venv = await tool("beam-python.sh");
  const server = new ServerProcess("python", join(venv, "bin/python"), (folder) => [
    "-m",
    "apache_beam.runners.portability.local_job_service_main",
    "--port=0",
    `--port_file=${join(folder, "port")}`,
  ]);
  const portFile = join(server.folder, "port");
  const port = await server.until(() =>
    existsSync(portFile) ? readFileSync(portFile, "utf8") : undefined,
  );
  return { address: `localhost:${port}`, stop: (keepLog) => server.stop(keepLog) };
}

/** Prism, Beam's runner in Go. */
export async function startPrism(): Promise<JobServer> {
  const prism = await tool("prism.sh");
  const server = new ServerProcess("prism", prism, () => [
    "--job_port=0",
    "--serve_http=false",
    "--log_kind=text",
  ]);
  const address = await server.until((log) => /endpoint=(\S+)/.exec(log)?.[1]);
  return {
    address: address.replace("[::]", "localhost"),
    stop: (keepLog) => server.stop(keepLog),
  };
}

/** Runs a tool of this repository that prints a path, and that makes what it prints on first use. */
async function tool(name: string): Promise<string> {
  const script = fileURLToPath(new URL(`../../../tools/${name}`, import.meta.url));
  const { stdout } = await needing(() => promisify(execFile)(script));
  return stdout.trim();
}
