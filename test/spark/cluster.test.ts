import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findJava, type Java } from "../../packages/cli/dist/jvm/java.js";
import { sparkSubmitCommand } from "../../packages/cli/dist/jvm/spark-command.js";
import {
  ensureSpark,
  type SparkInstallation,
} from "../../packages/cli/dist/jvm/spark-installation.js";
import { beamline, type CommandOptions } from "../support/command-line.js";
import { describeJvm } from "../support/describe-jvm.js";
import { type Ended, run, until } from "../support/processes.js";
import { type SparkCluster, startSparkCluster } from "../support/spark-cluster.js";
import {
  BOOT,
  countsIn,
  linesIn,
  pipelineFile,
  type Text,
  temporaryFolder,
  textToCount,
  WORDCOUNT,
} from "./support.js";

/** The first run on a machine fetches and builds what a cluster is made of. */
const BUILD_MS = 10 * 60_000;

describeJvm("a standalone Spark cluster", () => {
  let java: Java;
  let spark: SparkInstallation;
  let folder: string;
  let text: Text;
  let cluster: SparkCluster;
  let jar: string;

  beforeAll(async () => {
    java = await findJava(process.env);
    spark = await ensureSpark();
    folder = temporaryFolder();
    text = textToCount(folder);
    jar = await wordCountJar("words.jar", "counts");
    cluster = await startSparkCluster({ java, spark });
  }, BUILD_MS);

  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** An executable jar for workers on this machine. */
  async function wordCountJar(name: string, output: string): Promise<string> {
    const options = ["--input", text.path, "--output", join(folder, output)];
    const where = ["--out", name, "--environment-config", BOOT];
    const { code, stdout, stderr } = await command("jar", WORDCOUNT, ...options, ...where);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/Run it: spark-submit words/);
    return stdout.trim();
  }

  const command = (...argv: string[]) => beamline(argv, { cwd: folder });

  const byRest = (argv: readonly string[], watch?: CommandOptions["watch"]) =>
    beamline(
      [
        "run",
        ...argv,
        ...["--runner", "spark", "--spark-rest-url", cluster.restUrl],
        ...["--spark-web-url", cluster.webUrl, "--environment-config", BOOT],
      ],
      { cwd: folder, ...(watch === undefined ? {} : { watch }) },
    );

  function submit(deployMode: "client" | "cluster"): Promise<Ended> {
    const mainClass = "beamline.spark.PipelineMain";
    const { master } = cluster;
    return run(sparkSubmitCommand({ java, spark, master, deployMode, mainClass, jar }));
  }

  test("the jar is the same bytes each time, and says what is in it", async () => {
    const again = await wordCountJar("words-again.jar", "counts");
    expect(readFileSync(again).equals(readFileSync(jar))).toBe(true);
    const { code, stdout } = await command("jar", "inspect", jar);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wordcount {2}beamline\.spark\.PipelineMain/);
    expect(stdout).toContain(`beam:env:process:v1 ${BOOT}`);
    expect(stdout).toMatch(/beamline--pipeline\.mjs +\S+ [kM]B +sha256 [0-9a-f]{64}/);
    const json = await command("jar", "inspect", jar, "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ jobName: "wordcount" });
  });

  test("spark-submit runs the jar in client mode", async () => {
    const { code, output } = await submit("client");
    expect(code, output).toBe(0);
    expect(countsIn(folder, "counts", text)).toEqual(text.counts);
  }, 120_000);

  test("spark-submit runs the jar in cluster mode, and its driver ends with it", async () => {
    for (const name of ["counts-00000-of-00001"]) rmSync(join(folder, name), { force: true });
    const { code, output } = await submit("cluster");
    expect(code, output).toBe(0);
    await until("the driver's end", async () => (await cluster.completedDrivers()).length > 0);
    expect(await cluster.completedDrivers()).toMatchObject([{ state: "FINISHED" }]);
    expect(countsIn(folder, "counts", text)).toEqual(text.counts);
  }, 120_000);

  test("beamline run submits by REST and waits for the end", async () => {
    const output = join(folder, "by-rest");
    const { code, stdout, stderr } = await byRest([
      ...[WORDCOUNT, "--input", text.path, "--output", output, "--json"],
    ]);
    expect(code, stderr).toBe(0);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: "wordcount",
      runner: "spark",
      state: "done",
      submissionId: expect.stringMatching(/^driver-/),
    });
    expect(countsIn(folder, "by-rest", text)).toEqual(text.counts);
  }, 120_000);

  test("--detach prints the driver's id and leaves it", async () => {
    const { code, stdout, stderr } = await byRest([pipelineFile("upper"), "--detach"]);
    expect(code, stderr).toBe(0);
    const id = stdout.trim();
    expect(id).toMatch(/^driver-\S+$/);
    expect(stderr).toContain(`/v1/submissions/status/${id}`);
    await until("its end", async () =>
      (await cluster.completedDrivers()).some((driver) => driver.id === id),
    );
    expect(await cluster.completedDrivers()).toContainEqual(
      expect.objectContaining({ id, state: "FINISHED" }),
    );
  }, 120_000);

  test("an error of the user's function comes back from a driver's log", async () => {
    const { code, stderr } = await byRest([pipelineFile("upper"), "--last", "bad"]);
    expect(code).toBe(1);
    expect(stderr.match(/no such word: bad/g)).toHaveLength(1);
    expect(stderr).toContain('Cannot run "Upper": RangeError: no such word: bad');
    expect(stderr).toContain("element    'bad'");
    expect(stderr).toMatch(/upper\.ts:12:35/);
    expect(stderr).toMatch(/> 12 \| .*throw new RangeError/);
    expect(stderr).not.toMatch(/\.java|org\.apache/);
    // Also for those who read the log: one exception, in these words.
    const [failed] = (await cluster.completedDrivers()).filter(({ state }) => state === "FAILED");
    const log = cluster.driverLog(failed?.id ?? "");
    expect(log).toMatch(/PipelineFailure: Cannot run "Upper" on the element 'bad': RangeError/);
    expect(log).toMatch(/\n {4}at .*upper\.ts:12:35/);
  }, 120_000);

  test("Ctrl-C kills the driver", async () => {
    const mark = join(folder, "asleep");
    const { code, stderr } = await byRest([pipelineFile("sleeps"), "--mark", mark], (child) => {
      const asleep = until("the pipeline's start", async () => existsSync(mark));
      asleep.then(
        () => child.kill("SIGINT"),
        () => child.kill("SIGKILL"),
      );
    });
    expect(code, stderr).toBe(130);
    expect(await cluster.activeDrivers()).toEqual([]);
    expect(await cluster.completedDrivers()).toContainEqual(
      expect.objectContaining({ state: "KILLED" }),
    );
  }, 120_000);

  test("a URL that is no master's REST port is said before anything is built", async () => {
    const tried = async (url: string) => {
      const argv = ["run", pipelineFile("upper"), "--runner", "spark", "--spark-rest-url", url];
      return beamline(argv, { cwd: folder });
    };
    const wrong = await tried("localhost:6066");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("not a URL such as http://host:6066");
    const dead = await tried("http://localhost:1");
    expect(dead.code).toBe(3);
    expect(dead.stderr).toMatch(
      /^Cannot reach Spark's master at http:\/\/localhost:1: .*; check that .* \(6066 by default\)/,
    );
    const other = await tried(cluster.webUrl);
    expect(other.code).toBe(3);
    expect(other.stderr).toMatch(/^Cannot .* at http:\S+: .* REST server/);
  });

  test("sources are split for the cores that the master's page shows", async () => {
    const { code, stderr } = await byRest([pipelineFile("splits")]);
    expect(code, stderr).toBe(0);
    // The worker thinks of the machine's cores; the cluster was given two of them.
    expect(cluster.executorLogs().match(/ Read: splitting for \d+ tasks/g)).toEqual([
      " Read: splitting for 2 tasks",
    ]);
  }, 120_000);

  test("what functions log stands once in the log of an executor, with the step", async () => {
    const { code, stderr } = await command(
      ...["run", pipelineFile("logs"), "--runner", "spark", "--spark-master", cluster.master],
      ...["--environment", "process"],
    );
    expect(code, stderr).toBe(0);
    const logs = cluster.executorLogs();
    expect(logs.match(/ INFO Say it: heard "a",\nword for word/g)).toHaveLength(1);
    expect(logs.match(/ WARN Say it: careful: \{ word: 'b' \}/g)).toHaveLength(1);
  }, 120_000);

  test("a worker killed in the middle of a bundle is replaced, and the result is right", async () => {
    const mark = join(folder, "killed");
    const { code, stderr } = await command(
      ...["run", pipelineFile("dies"), "--mark", mark, "--output", join(folder, "sum")],
      ...["--runner", "spark", "--spark-master", cluster.master, "--environment", "process"],
    );
    expect(code, stderr).toBe(0);
    expect(existsSync(mark)).toBe(true);
    expect(linesIn(folder, "sum")).toEqual(["499500"]);
  }, 120_000);
});
