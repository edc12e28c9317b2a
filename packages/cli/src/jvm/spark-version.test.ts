import { expect, test } from "vitest";
import { parseSparkSubmitVersion, sparkProblem, sparkVersionOf } from "./spark-version.js";

test("sparkVersionOf finds Spark's version among the names of jars", () => {
  const jars = ["slf4j-api-2.0.7.jar", "spark-core_2.12-3.5.3.jar", "spark-sql_2.12-3.5.3.jar"];
  expect(sparkVersionOf(jars)).toEqual({ spark: "3.5.3", scala: "2.12" });
  expect(sparkVersionOf(["spark-core_2.13-4.0.0-preview2.jar"])).toEqual({
    spark: "4.0.0-preview2",
    scala: "2.13",
  });
  expect(sparkVersionOf(["spark-sql_2.12-3.5.3.jar"])).toBeUndefined();
});

test("parseSparkSubmitVersion reads the banner", () => {
  const banner = `Welcome to
      ____              __
   /___/ .__/\\_,_/_/ /_/\\_\\   version 3.5.3
      /_/

Using Scala version 2.12.18, OpenJDK 64-Bit Server VM, 17.0.15
Branch HEAD`;
  expect(parseSparkSubmitVersion(banner)).toEqual({ spark: "3.5.3", scala: "2.12" });
  expect(parseSparkSubmitVersion("JAVA_HOME is not set")).toBeUndefined();
});

test("sparkProblem refuses other Scalas, Spark 4 and old Sparks", () => {
  const problem = (spark: string, scala = "2.12") =>
    sparkProblem({ spark, scala }, 'SPARK_HOME "/opt/spark"');
  for (const spark of ["3.2.0", "3.4.1", "3.5.3", "3.5.3-amzn-0"]) {
    expect(problem(spark)).toBeUndefined();
  }
  expect(problem("3.5.3", "2.13")).toMatchObject({
    code: "SPARK_SCALA",
    message:
      'Cannot use Spark 3.5.3 for Scala 2.13 (SPARK_HOME "/opt/spark"): Beam\'s runner is compiled ' +
      "for Scala 2.12, it would miss scala.Serializable here; use Spark 3.5 for Scala 2.12",
  });
  expect(problem("4.0.0", "2.13")).toMatchObject({ code: "SPARK_VERSION" });
  expect(problem("4.0.0-preview2", "2.13")?.message).toContain("made for Spark 3 and Scala 2.12");
  expect(problem("3.1.3")?.message).toContain("needs Spark 3.2 or later");
});
