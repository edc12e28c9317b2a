import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobServer } from "../../packages/cli/dist/jvm/start-job-server.js";
import { beamline, type CommandOptions } from "../support/command-line.js";
import { describeJvm } from "../support/describe-jvm.js";
import { until } from "../support/processes.js";
import {
  countsIn,
  pipelineFile,
  startJobServer,
  temporaryFolder,
  textToCount,
  WORDCOUNT,
} from "./support.js";

const BUILD_MS = 10 * 60_000;

describeJvm("a Spark job server", () => {
  let folder: string;
  let server: JobServer;

  beforeAll(async () => {
    folder = temporaryFolder();
    server = await startJobServer(folder, "local[2]");
  }, BUILD_MS);

  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const command = (...argv: string[]) => beamline(argv, { cwd: folder });
  const endpoint = () => ["--job-endpoint", server.addresses.job];
  const run = (argv: readonly string[], watch?: CommandOptions["watch"]) =>
    beamline(["run", ...argv, "--runner", "spark", ...endpoint()], {
      cwd: folder,
      ...(watch === undefined ? {} : { watch }),
    });
  const jobs = (verb: string, ...argv: string[]) => command("jobs", verb, ...argv, ...endpoint());

  test("is started by beamline run where none is named", async () => {
    const text = textToCount(folder);
    const { code, stdout, stderr } = await command(
      ...["run", WORDCOUNT, "--input", text.path, "--output", join(folder, "counts")],
      ...["--runner", "spark", "--spark-master", "local[2]"],
    );
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^spark: starting the job server\n(spark: \w+\n)+Done in .*: wordcount/);
    expect(countsIn(folder, "counts", text)).toEqual(text.counts);
  }, 120_000);

  test("what functions of process workers log is shown once, with the step", async () => {
    const { code, stderr } = await command(
      ...["run", pipelineFile("logs"), "--runner", "spark", "--spark-master", "local[2]"],
      ...["--environment", "process", "--no-color"],
    );
    expect(code, stderr).toBe(0);
    const lines = stderr.split("\n");
    const count = (line: string) => lines.filter((each) => each === line).length;
    expect([
      count('Say it: heard "a",'),
      count('Say it: heard "b",'),
      count("word for word"),
      count("Say it: careful: { word: 'b' }"),
    ]).toEqual([1, 1, 2, 1]);
    expect(stderr.match(/heard/g)).toHaveLength(2);
  }, 120_000);

  test.each([
    ["the threads of the master", "process", ["--spark-master", "local[3]"], 3],
    ["what is asked for", "process", ["--spark-master", "local[3]", "--parallelism", "7"], 7],
    ["what is asked for", "loopback", ["--spark-master", "local[2]", "--parallelism", "7"], 7],
  ])(
    "sources are split for %s (%s)",
    async (_what, environment, flags, tasks) => {
      const { code, stdout, stderr } = await command(
        ...["run", pipelineFile("splits"), "--runner", "spark", "--environment", environment],
        ...flags,
      );
      expect(code, stderr).toBe(0);
      expect(`${stdout}${stderr}`.match(/splitting for \d+ tasks/g)).toEqual([
        `splitting for ${tasks} tasks`,
      ]);
    },
    120_000,
  );

  test("gives counters back, in words and as JSON", async () => {
    const words = await run([pipelineFile("upper")]);
    expect(words.code, words.stderr).toBe(0);
    expect(words.stderr).toMatch(/\nDone in .*: upper on spark, job upper_\S+\n/);
    expect(words.stderr).toMatch(/ {2}Upper: words +3\n/);
    const json = await run([pipelineFile("upper"), "--environment", "process", "--json"]);
    expect(json.code, json.stdout).toBe(0);
    expect(json.stderr).toBe("");
    expect(JSON.parse(json.stdout)).toMatchObject({
      pipeline: "upper",
      runner: "spark",
      state: "done",
      jobEndpoint: server.addresses.job,
      counters: [{ transform: "Upper", name: "words", value: 3 }],
    });
  });

  test.each(["loopback", "process"])(
    "shows an error of the user's function with its line, transform and element (%s)",
    async (environment) => {
      const options = ["--last", "bad", "--environment", environment];
      const { code, stderr } = await run([pipelineFile("upper"), ...options]);
      expect(code).toBe(1);
      expect(stderr.match(/no such word: bad/g)).toHaveLength(1);
      expect(stderr).toContain('Cannot run "Upper": RangeError: no such word: bad');
      expect(stderr).toContain("transform  Upper\n  element    'bad'");
      expect(stderr).toMatch(/at +\S*upper\.ts:12:35/);
      expect(stderr).toMatch(/> 12 \| .*throw new RangeError/);
      expect(stderr).not.toMatch(/\.java|org\.apache|BEAMLINE-ERROR/);
    },
  );

  test("takes detached jobs, which beamline jobs follows", async () => {
    const submitted = await run([pipelineFile("upper"), "--environment", "process", "--detach"]);
    expect(submitted.code, submitted.stderr).toBe(0);
    const id = submitted.stdout.trim();
    expect(submitted.stderr).toContain(`beamline jobs wait ${id} --job-endpoint`);

    const waited = await jobs("wait", id);
    expect(waited.code, waited.stderr).toBe(0);
    expect(waited.stdout).toBe("done\n3\tUpper: words\n");
    expect((await jobs("list")).stdout).toMatch(new RegExp(`^done +${id} +upper$`, "m"));
    expect((await jobs("show", id)).stdout).toMatch(/ upper +done\n( {2}.*\n)*3\tUpper: words\n/);
    expect((await jobs("metrics", id)).stdout).toBe("3\tUpper: words\n");
    const json = await jobs("show", id, "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ jobId: id, name: "upper", state: "done" });
    const unknown = await jobs("show", "nobody");
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain("knows no such job");
  });

  test("a failed detached job is told by beamline jobs wait", async () => {
    const options = ["--last", "bad", "--environment", "process", "--detach"];
    const { stdout } = await run([pipelineFile("upper"), ...options]);
    // The second time it has ended long before.
    for (const _time of ["first", "second"]) {
      const { code, stderr } = await jobs("wait", stdout.trim());
      expect(code).toBe(1);
      expect(stderr).toContain('Cannot run "Upper": RangeError: no such word: bad');
      expect(stderr).not.toMatch(/\.java|org\.apache/);
    }
  });

  test("beamline jobs cancel ends a job", async () => {
    const mark = join(folder, "asleep");
    const options = ["--mark", mark, "--environment", "process", "--detach"];
    const { stdout } = await run([pipelineFile("sleeps"), ...options]);
    const id = stdout.trim();
    await until("the pipeline's start", async () => existsSync(mark));
    const cancelled = await jobs("cancel", id);
    expect(cancelled, cancelled.stderr).toMatchObject({ code: 0, stdout: "cancelled\n" });
    const waited = await jobs("wait", id);
    expect(waited.stdout).toBe("cancelled\n");
  });

  test("Ctrl-C cancels the job", async () => {
    const mark = join(folder, "asleep-too");
    const { code, stderr } = await run([pipelineFile("sleeps"), "--mark", mark], (child) => {
      until("the pipeline's start", async () => existsSync(mark)).then(
        () => child.kill("SIGINT"),
        () => child.kill("SIGKILL"),
      );
    });
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("Cancelled");
    expect((await jobs("list")).stdout).not.toMatch(/^running/m);
  });

  test("--detach is refused where workers would end with the command", async () => {
    for (const environment of [[], ["--environment", "loopback"]]) {
      const argv = ["run", pipelineFile("upper"), "--runner", "spark", "--detach", ...environment];
      const { code, stderr } = await command(...argv);
      expect(code).toBe(2);
      expect(stderr).toContain("--detach: needs --job-endpoint");
    }
  });
});
