import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findJava, type Java } from "../../packages/cli/dist/jvm/java.js";
import { ensureJobServerJar } from "../../packages/cli/dist/jvm/job-server-jar.js";
import { sparkSubmitCommand } from "../../packages/cli/dist/jvm/spark-command.js";
import {
  ensureSpark,
  type SparkInstallation,
} from "../../packages/cli/dist/jvm/spark-installation.js";
import {
  BOOT,
  countsIn,
  type Text,
  temporaryFolder,
  textToCount,
  WORDCOUNT,
} from "../spark/support.js";
import { beamline } from "../support/command-line.js";
import { describeJvm } from "../support/describe-jvm.js";
import { run } from "../support/processes.js";

describeJvm("a thin jar", () => {
  let java: Java;
  let spark: SparkInstallation;
  let jobServer: string;
  let folder: string;
  let text: Text;

  beforeAll(async () => {
    java = await findJava(process.env);
    spark = await ensureSpark();
    jobServer = await ensureJobServerJar("spark");
    folder = temporaryFolder();
    text = textToCount(folder);
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is small, and spark-submit runs it with the job server beside it, as in the image", async () => {
    const { code, stdout, stderr } = await beamline(
      [
        ...["jar", WORDCOUNT, "--input", text.path, "--output", join(folder, "counts")],
        ...["--thin", "--out", "thin.jar", "--environment-config", BOOT],
      ],
      { cwd: folder },
    );
    expect(code, stderr).toBe(0);
    const jar = stdout.trim();
    expect(statSync(jar).size).toBeLessThan(8_000_000);
    const submit = sparkSubmitCommand({
      java,
      spark,
      master: "local[2]",
      deployMode: "client",
      mainClass: "beamline.spark.PipelineMain",
      jar,
    });
    const at = submit.args.indexOf(jar);
    const args = [...submit.args.slice(0, at), "--jars", jobServer, ...submit.args.slice(at)];
    const ended = await run({ ...submit, args });
    expect(ended.code, ended.output).toBe(0);
    expect(countsIn(folder, "counts", text)).toEqual(text.counts);
  }, 300_000);
});
