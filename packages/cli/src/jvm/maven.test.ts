import { expect, test } from "vitest";
import { findMaven, mavenProblem, parseMavenVersion } from "./maven.js";

const OUTPUT = `Apache Maven 3.8.7
Maven home: /usr/share/maven
Java version: 17.0.15, vendor: Debian, runtime: /usr/lib/jvm/java-17-openjdk-amd64`;

test("parseMavenVersion reads the version, bold or not", () => {
  expect(parseMavenVersion(OUTPUT)).toBe("3.8.7");
  expect(parseMavenVersion("\u001b[1mApache Maven 3.9.6 (bc02)\u001b[m\n")).toBe("3.9.6");
  expect(parseMavenVersion("Apache Maven 4.0.0-rc-2 (273)")).toBe("4.0.0-rc-2");
  expect(parseMavenVersion("Error: JAVA_HOME is not defined correctly.")).toBeUndefined();
});

test("mavenProblem refuses what is too old or does not work", () => {
  const output = "\nError: JAVA_HOME is not defined correctly.\n  We cannot execute /x/java\n";
  for (const version of ["3.6.3", "3.10.0", "4.0.0-rc-2"]) {
    expect(mavenProblem(version, { output })).toBeUndefined();
  }
  expect(mavenProblem("3.6.0", { output })?.message).toBe(
    "Cannot build with Maven 3.6.0: it is too old, 3.6.3 or later is needed; " +
      "install Maven 3.9 (Debian: maven), it is needed once",
  );
  expect(mavenProblem(undefined, { output })?.message).toBe(
    'Cannot tell the version of Maven: "mvn --version" fails (Error: JAVA_HOME is not defined ' +
      "correctly.); make that work first",
  );
});

test("findMaven says that there is none", async () => {
  await expect(findMaven({ PATH: "" })).rejects.toMatchObject({ code: "MAVEN_MISSING" });
});
