import { describe, expect, test } from "vitest";
import { findJava, javaProblem, parseJavaVersion } from "./java.js";

describe("parseJavaVersion", () => {
  test.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment (build', 17, "17.0.15"],
    ['java version "1.8.0_402"\nJava(TM) SE Runtime Environment', 8, "1.8.0_402"],
    ['openjdk version "11.0.22" 2024-01-16 LTS', 11, "11.0.22"],
    ['openjdk version "21" 2023-09-19', 21, "21"],
    ['openjdk version "17-ea" 2021-09-14', 17, "17-ea"],
    ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "17.0.1" 2021', 17, "17.0.1"],
  ])("reads %j", (output, feature, version) => {
    expect(parseJavaVersion(output)).toEqual({ feature, version });
  });

  test("knows what is no version of Java", () => {
    expect(parseJavaVersion("")).toBeUndefined();
    expect(parseJavaVersion("The operation couldn't be completed.")).toBeUndefined();
  });
});

describe("javaProblem", () => {
  test("takes 11 to 17 and refuses the others with what mends it", () => {
    const problem = (feature: number) =>
      javaProblem({ feature, version: `${feature}.0.1` }, "/opt/java")?.message;
    for (const feature of [11, 15, 17]) expect(problem(feature)).toBeUndefined();
    expect(problem(8)).toBe(
      'Cannot use Java 8.0.1 ("/opt/java"): it is too old, Beam on Spark 3.5 runs on Java 11 to ' +
        "17; install Java 17 (Debian: openjdk-17-jre-headless), or set JAVA_HOME to one",
    );
    expect(problem(21)).toContain("it is too new");
    expect(javaProblem(undefined, "java")).toMatchObject({ code: "JAVA_FAILED", origin: "remote" });
  });
});

test("findJava says where it looked in vain", async () => {
  await expect(findJava({ PATH: "" })).rejects.toMatchObject({
    code: "JAVA_MISSING",
    message: expect.stringContaining("there is none on the PATH and JAVA_HOME is not set"),
  });
  await expect(findJava({ JAVA_HOME: "/nowhere" })).rejects.toMatchObject({
    code: "JAVA_MISSING",
    message: expect.stringContaining('JAVA_HOME is "/nowhere", which has no bin/java'),
  });
});
