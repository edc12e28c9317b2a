// Beam's job server for Spark `local[2]`, as `beamline run --runner spark` starts it:
// `node spark-job-server.mjs` prints the address of its Job API once it is up, and runs until it is
// ended.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findJava } from "../../packages/cli/dist/jvm/java.js";
import { sparkJobServerCommand } from "../../packages/cli/dist/jvm/job-server-command.js";
import { ensureJobServerJar } from "../../packages/cli/dist/jvm/job-server-jar.js";
import { ensureSpark } from "../../packages/cli/dist/jvm/spark-installation.js";
import { JobServer } from "../../packages/cli/dist/jvm/start-job-server.js";

const ending = new AbortController();
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => ending.abort());

const folder = await mkdtemp(join(tmpdir(), "beamline-bench-job-server-"));
try {
  const { signal } = ending;
  const server = await JobServer.start(
    sparkJobServerCommand({
      java: await findJava(process.env, signal),
      jar: await ensureJobServerJar("spark", { signal }),
      spark: await ensureSpark({ signal }),
      artifactsFolder: join(folder, "artifacts"),
      master: "local[2]",
      heap: "2g",
    }),
    { signal },
  );
  process.stdout.write(`${server.addresses.job}\n`);
  signal.addEventListener("abort", () => server.stop(), { once: true });
  process.exitCode = (await server.ended()) ?? 0;
} catch (error) {
  if (!ending.signal.aborted) throw error;
} finally {
  await rm(folder, { recursive: true, force: true });
}
