import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../command/usage-error.js";
import type { Command } from "../jvm/java-command.js";
import type { UserLog } from "../jvm/user-log.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import type { RemoteRunner } from "./remote-flags.js";

export interface JobServerFlags {
  readonly jobEndpoint?: string | undefined;
  readonly sparkMaster?: string | undefined;
  readonly flinkMaster?: string | undefined;
}

/** A job server to submit to. */
export interface OpenJobServer {
  readonly endpoint: string;
  /** Ends it, if it was started for this run. */
  close(): Promise<void>;
}

/** The job server that the flags name, or one started for this run. */
export async function openJobServer(
  runner: RemoteRunner,
  flags: JobServerFlags,
  { cli, terminal, signal }: { cli: Cli; terminal: Terminal; signal: AbortSignal },
): Promise<OpenJobServer> {
  const { jobEndpoint } = flags;
  if (jobEndpoint !== undefined) return { endpoint: jobEndpoint, close: async () => {} };
  if (runner !== "spark" && runner !== "flink") {
    throw new UsageError(`run on ${runner}`, [
      {
        subject: "--job-endpoint",
        message: `missing: start the ${runner === "portable" ? "runner's" : runner} job server and give its host:port`,
      },
    ]);
  }
  const [jar, java, spark, commands, { JobServer }, { userLogOf }] = await Promise.all([
    import("../jvm/job-server-jar.js"),
    import("../jvm/java.js"),
    import("../jvm/spark-installation.js"),
    import("../jvm/job-server-command.js"),
    import("../jvm/start-job-server.js"),
    import("../jvm/user-log.js"),
  ]);
  const onProgress = (text: string) => terminal.progress(text);
  const options = { env: cli.env, signal, onProgress };
  const folder = await mkdtemp(join(tmpdir(), "beamline-job-server-"));
  try {
    // What is wrong on this machine is said before minutes go into a build.
    const common = {
      java: await java.findJava(cli.env, signal),
      artifactsFolder: join(folder, "artifacts"),
    };
    let command: Command;
    if (runner === "spark") {
      const { sparkMaster: master = "local[*]" } = flags;
      const installation = await spark.ensureSpark(options);
      const bundle = await jar.ensureJobServerJar(runner, options);
      command = commands.sparkJobServerCommand({
        ...common,
        spark: installation,
        jar: bundle,
        master,
      });
    } else {
      const { flinkMaster: master = "[local]" } = flags;
      const bundle = await jar.ensureJobServerJar(runner, options);
      command = commands.flinkJobServerCommand({ ...common, jar: bundle, master });
    }
    onProgress(`${runner}: starting the job server`);
    const server = await JobServer.start(command, {
      env: cli.env,
      signal,
      onLog(line) {
        const log = userLogOf(line);
        if (log !== undefined) cli.stderr.write(`${userLine(log, terminal)}\n`);
        else if (terminal.verbose) terminal.talk(line);
      },
    });
    return {
      endpoint: server.addresses.job,
      async close() {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    terminal.progress(undefined);
  }
}

/** As the functions of workers in this process print, but for the step: they are somewhere else. */
function userLine({ step, message }: UserLog, { style }: Terminal): string {
  return step === undefined ? message : `${style.faint(`${step}:`)} ${message}`;
}
