import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { BeamlineError } from "beamline";
import { findJava } from "../../jvm/java.js";
import { type Command, javaCommand, sparkClassPath } from "../../jvm/java-command.js";
import { ensureSpark } from "../../jvm/spark-installation.js";

export interface LocalHistory {
  /** `http://localhost:18080`. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface LocalHistoryOptions {
  /** Of event logs. */
  readonly folder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

const START_MS = 60_000;
const LAST_LINES = 20;

/** Starts Spark's History Server on this machine and waits until it has read the logs. */
export async function startLocalHistory(options: LocalHistoryOptions): Promise<LocalHistory> {
  const { folder, port, env, signal, onProgress } = options;
  const java = await findJava(env, signal);
  const spark = await ensureSpark({ env, signal, onProgress });
  onProgress("starting the History Server");
  const command: Command = javaCommand({
    java,
    classPath: sparkClassPath(spark.home),
    mainClass: "org.apache.spark.deploy.history.HistoryServer",
    args: [],
    heap: "1g",
    properties: {
      "spark.history.fs.logDirectory": new URL(`file://${folder}`).href,
      "spark.history.ui.port": String(port),
      "spark.history.fs.update.interval": "5s",
      // Spark's own default is every interface.
      "spark.ui.bindAddress": "localhost",
    },
    env: { SPARK_LOCAL_IP: "127.0.0.1", SPARK_LOCAL_HOSTNAME: "localhost" },
  });
  const child = spawn(command.command, command.args, {
    env: { ...env, ...command.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    lines.push(
      ...chunk
        .toString()
        .split("\n")
        .filter((line) => line !== ""),
    );
    lines.splice(0, Math.max(0, lines.length - LAST_LINES));
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await closed;
  };
  const url = `http://localhost:${port}`;
  try {
    const until = performance.now() + START_MS;
    while (!(await answers(url))) {
      if (child.exitCode !== null || performance.now() >= until) {
        throw new BeamlineError(
          "HISTORY_SERVER",
          `Cannot start the History Server: ${lines.at(-1) ?? "it does not answer"}; try another --port, or see that Java works`,
          { origin: "remote" },
        );
      }
      await setTimeout(200, undefined, { signal });
    }
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether it shows at least one application: it reads its folder after it has come up. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/applications`);
    const list: unknown = await response.json();
    return Array.isArray(list) && list.length > 0;
  } catch {
    return false;
  }
}
