import { expect, test } from "vitest";
import { javaCommand } from "./java-command.js";
import { flinkJobServerCommand, sparkJobServerCommand } from "./job-server-command.js";
import { sparkMasterCommand, sparkSubmitCommand, sparkWorkerCommand } from "./spark-command.js";

const java = { command: "/jdk/bin/java", feature: 17, version: "17.0.15" };
const version = { spark: "3.5.3", scala: "2.12" };
const spark = { home: "/spark", version, hasScripts: false };
const CLASS_PATH = "/spark/conf:/spark/jars/*";

/** What follows the class path's option. */
function afterClassPath({ args }: { readonly args: readonly string[] }): readonly string[] {
  return args.slice(args.indexOf("-cp") + 1);
}

test("javaCommand opens Java's packages, limits the heap and logs to stderr", () => {
  const { command, args, env } = javaCommand({
    java,
    classPath: ["a.jar", "b.jar"],
    mainClass: "x.Main",
    args: ["--flag"],
    heap: "3g",
    properties: { "a.b": "c" },
    env: { NAME: "value" },
  });
  expect(command).toBe("/jdk/bin/java");
  expect(args).toEqual(
    expect.arrayContaining(["--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "-Xmx3g", "-Da.b=c"]),
  );
  expect(args.find((arg) => arg.startsWith("-Dlog4j2."))).toMatch(/\/jvm\/log4j2\.properties$/);
  expect(afterClassPath({ args })).toEqual(["a.jar:b.jar", "x.Main", "--flag"]);
  expect(env).toEqual({ NAME: "value" });
});

test("sparkJobServerCommand puts Spark's jars before the server's", () => {
  const command = sparkJobServerCommand({
    java,
    spark,
    jar: "/server.jar",
    master: "local[2]",
    artifactsFolder: "/artifacts",
  });
  expect(afterClassPath(command)).toEqual([
    `${CLASS_PATH}:/server.jar`,
    "org.apache.beam.runners.spark.SparkJobServerDriver",
    "--spark-master-url=local[2]",
    "--job-host=localhost",
    "--job-port=0",
    "--artifact-port=0",
    "--expansion-port=0",
    "--artifacts-dir=/artifacts",
  ]);
});

test("flinkJobServerCommand needs the server's jar alone", () => {
  const command = flinkJobServerCommand({
    java,
    jar: "/server.jar",
    master: "[local]",
    artifactsFolder: "/artifacts",
    port: 8099,
  });
  expect(afterClassPath(command).slice(0, 5)).toEqual([
    "/server.jar",
    "org.apache.beam.runners.flink.FlinkJobServerDriver",
    "--flink-master=[local]",
    "--job-host=localhost",
    "--job-port=8099",
  ]);
});

test("sparkSubmitCommand uses Spark's script where there is one", () => {
  const options = {
    java,
    master: "yarn",
    deployMode: "client",
    mainClass: "x.Main",
    jar: "/x.jar",
    conf: { "spark.a": "b" },
    args: ["--own"],
  } as const;
  const submit = [
    "--master=yarn",
    "--deploy-mode=client",
    "--class=x.Main",
    "--conf=spark.a=b",
  ] as const;
  expect(afterClassPath(sparkSubmitCommand({ ...options, spark }))).toEqual([
    CLASS_PATH,
    "org.apache.spark.deploy.SparkSubmit",
    ...submit,
    "/x.jar",
    "--own",
  ]);
  expect(sparkSubmitCommand({ ...options, spark: { ...spark, hasScripts: true } })).toEqual({
    command: "/spark/bin/spark-submit",
    args: [...submit, "--driver-memory=2g", "/x.jar", "--own"],
    env: { SPARK_HOME: "/spark" },
  });
});

test("sparkSubmitCommand gives drivers on a standalone cluster what Java 17 needs", () => {
  const { args } = sparkSubmitCommand({
    java,
    spark,
    master: "spark://host:7077",
    deployMode: "cluster",
    mainClass: "x.Main",
    jar: "/x.jar",
    conf: { "spark.driver.extraJavaOptions": "-Dmine=1" },
  });
  expect(args.find((arg) => arg.startsWith("--conf"))).toMatch(
    /^--conf=spark\.driver\.extraJavaOptions=.*--add-opens=java\.base\/sun\.nio\.ch=.* -Dmine=1$/,
  );
});

test("sparkMasterCommand and sparkWorkerCommand write flags as those two read them", () => {
  const host = "localhost";
  const ports = { port: 1, webPort: 2, restPort: 3 };
  const master = sparkMasterCommand({ java, spark, host, ...ports });
  expect(master.args).toContain("-Dspark.master.rest.port=3");
  expect(afterClassPath(master).slice(2)).toEqual(
    "--host localhost --port 1 --webui-port 2".split(" "),
  );
  const worker = sparkWorkerCommand({
    java,
    spark,
    host,
    master: "spark://localhost:1",
    cores: 2,
    memory: "2g",
    workFolder: "/work",
    webPort: 4,
  });
  expect(worker.env).toEqual({ SPARK_HOME: "/spark", SPARK_SCALA_VERSION: "2.12" });
  expect(afterClassPath(worker).slice(2).join(" ")).toBe(
    "--host localhost --cores 2 --memory 2g --work-dir /work --webui-port 4 spark://localhost:1",
  );
});
