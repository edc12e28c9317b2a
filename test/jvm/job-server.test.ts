import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findJava, type Java } from "../../packages/cli/dist/jvm/java.js";
import type { Command } from "../../packages/cli/dist/jvm/java-command.js";
import {
  flinkJobServerCommand,
  sparkJobServerCommand,
} from "../../packages/cli/dist/jvm/job-server-command.js";
import { ensureJobServerJar } from "../../packages/cli/dist/jvm/job-server-jar.js";
import { ensureSpark } from "../../packages/cli/dist/jvm/spark-installation.js";
import { JobServer } from "../../packages/cli/dist/jvm/start-job-server.js";
import { describeJvm } from "../support/describe-jvm.js";

/** The first run on a machine fetches and packs some hundred megabytes. */
const BUILD_MS = 10 * 60_000;

describeJvm("job servers", () => {
  let java: Java;
  let folder: string;
  beforeAll(async () => {
    java = await findJava(process.env);
    folder = mkdtempSync(join(tmpdir(), "beamline-job-server-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function expectToListen(command: Command): Promise<void> {
    const log: string[] = [];
    const server = await JobServer.start(command, { onLog: (line) => log.push(line) });
    try {
      for (const address of Object.values(server.addresses)) {
        expect(await accepts(address)).toBe(true);
      }
      expect(log.join("\n")).not.toMatch(/SLF4J|ERROR|Exception/);
    } finally {
      await server.stop();
    }
    // By SIGTERM, after which the JVM ends in an orderly way.
    expect(await server.ended()).toBe(143);
    expect(await accepts(server.addresses.job)).toBe(false);
  }

  test(
    "Spark's listens on free ports and ends when told to",
    async () => {
      const jar = await ensureJobServerJar("spark");
      const spark = await ensureSpark();
      await expectToListen(
        sparkJobServerCommand({ java, jar, spark, master: "local[2]", artifactsFolder: folder }),
      );
    },
    BUILD_MS,
  );

  test(
    "Flink's listens on free ports and ends when told to",
    async () => {
      const jar = await ensureJobServerJar("flink");
      await expectToListen(
        flinkJobServerCommand({ java, jar, master: "[local]", artifactsFolder: folder }),
      );
    },
    BUILD_MS,
  );

  test(
    "a server that cannot start says so with its last words",
    async () => {
      const jar = await ensureJobServerJar("flink");
      const command = flinkJobServerCommand({
        java,
        jar,
        master: "[local]",
        artifactsFolder: folder,
        host: "not-a-host.invalid",
      });
      await expect(JobServer.start(command)).rejects.toMatchObject({
        code: "JOB_SERVER_FAILED",
        message: expect.stringMatching(/^Cannot start the job server: .*; its last words:\n/),
      });
    },
    BUILD_MS,
  );
});

async function accepts(address: string): Promise<boolean> {
  const [host, port] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host: host ?? "", port: Number(port) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
