import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobServer } from "./job-servers.js";
import {
  ensureJobServerJar,
  ensureSpark,
  findJava,
  flinkJobServerCommand,
  JobServer as JavaProcess,
  sparkJobServerCommand,
} from "./jvm.js";
import { needing } from "./missing-tool.js";

/** Beam's Spark job server, with Spark in the same process on two cores; four attempts a task. */
export async function startSpark(): Promise<JobServer> {
  const { java, jar, spark } = await needing(async () => ({
    java: await findJava(process.env),
    jar: await ensureJobServerJar("spark"),
    spark: await ensureSpark(),
  }));
  return await start("spark", (artifactsFolder) =>
    sparkJobServerCommand({ java, jar, spark, artifactsFolder, master: "local[2,4]", heap: "2g" }),
  );
}

/** Beam's Flink job server, with a Flink in the same process. */
export async function startFlink(): Promise<JobServer> {
  const { java, jar } = await needing(async () => ({
    java: await findJava(process.env),
    jar: await ensureJobServerJar("flink"),
  }));
  return await start("flink", (artifactsFolder) =>
    flinkJobServerCommand({ java, jar, artifactsFolder, master: "[local]", heap: "2g" }),
  );
}

async function start(
  name: string,
  commandFor: (artifactsFolder: string) => Parameters<typeof JavaProcess.start>[0],
): Promise<JobServer> {
  const folder = mkdtempSync(join(tmpdir(), `beamline-${name}-`));
  const log: string[] = [];
  const server = await JavaProcess.start(commandFor(join(folder, "artifacts")), {
    onLog: (line) => log.push(line),
  });
  return {
    address: server.addresses.job,
    async stop(keepLog = false) {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      if (!keepLog) return;
      const kept = `${folder}.log`;
      writeFileSync(kept, log.join("\n"));
      console.error(`The log of ${name} is in ${kept}`);
    },
  };
}
