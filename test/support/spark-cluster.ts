import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Java } from "../../packages/cli/dist/jvm/java.js";
import {
  sparkMasterCommand,
  sparkWorkerCommand,
} from "../../packages/cli/dist/jvm/spark-command.js";
import type { SparkInstallation } from "../../packages/cli/dist/jvm/spark-installation.js";
import { end, freePorts, start, until } from "./processes.js";

const HOST = "localhost";

/** A driver as the master's web page shows it. */
export interface Driver {
  readonly id: string;
  readonly state: string;
}

/** A standalone Spark cluster: a master and a worker with two cores, on free ports. */
export interface SparkCluster {
  /** `spark://host:port`. */
  readonly master: string;
  readonly webUrl: string;
  readonly restUrl: string;
  /** Of drivers that have ended, the last first. */
  completedDrivers(): Promise<readonly Driver[]>;
  activeDrivers(): Promise<readonly Driver[]>;
  /** What a driver wrote to stderr. */
  driverLog(id: string): string;
  /** What all executors so far wrote to stderr. */
  executorLogs(): string;
  stop(): Promise<void>;
}

export async function startSparkCluster(tools: {
  readonly java: Java;
  readonly spark: SparkInstallation;
}): Promise<SparkCluster> {
  const [port = 0, webPort = 0, restPort = 0, workerWebPort = 0] = await freePorts(4);
  const server = { ...tools, host: HOST };
  const master = `spark://${HOST}:${port}`;
  const webUrl = `http://${HOST}:${webPort}`;
  const workFolder = mkdtempSync(join(tmpdir(), "beamline-spark-work-"));
  const processes = [
    start(sparkMasterCommand({ ...server, port, webPort, restPort })),
    start(
      sparkWorkerCommand({
        ...server,
        master,
        cores: 2,
        // A driver and an executor, each with Spark's default of 1 GB.
        memory: "4g",
        workFolder,
        webPort: workerWebPort,
      }),
    ),
  ];
  const state = async () => stateOf(await (await fetch(`${webUrl}/json/`)).json());
  const stop = async () => {
    for (const process of processes) await end(process);
    rmSync(workFolder, { recursive: true, force: true });
  };
  try {
    await until("a worker", async () => (await state()).aliveworkers === 1);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    master,
    webUrl,
    restUrl: `http://${HOST}:${restPort}`,
    completedDrivers: async () => (await state()).completeddrivers ?? [],
    activeDrivers: async () => (await state()).activedrivers ?? [],
    driverLog: (id) => readFileSync(join(workFolder, id, "stderr"), "utf8"),
    executorLogs: () =>
      readdirSync(workFolder, { recursive: true, encoding: "utf8" })
        .filter((path) => /^app-[^/]+\/\d+\/stderr$/.test(path))
        .map((path) => readFileSync(join(workFolder, path), "utf8"))
        .join("\n"),
    stop,
  };
}

interface ClusterState {
  readonly aliveworkers?: number;
  readonly activedrivers?: readonly Driver[];
  readonly completeddrivers?: readonly Driver[];
}

function stateOf(answer: unknown): ClusterState {
  return typeof answer === "object" && answer !== null ? answer : {};
}
