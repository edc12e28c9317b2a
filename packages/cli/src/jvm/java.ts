import { join } from "node:path";
import type { BeamlineError } from "beamline";
import { type Environment, runTool } from "./run-tool.js";
import { toolError } from "./tool-error.js";

/** A Java that can run Beam and Spark. */
export interface Java {
  /** What to start: `java`, or the one of JAVA_HOME. */
  readonly command: string;
  /** 11, 17. */
  readonly feature: number;
  /** As it names itself: `17.0.15`. */
  readonly version: string;
}

export type JavaVersion = Pick<Java, "feature" | "version">;

const OLDEST = 11;
const NEWEST = 17;
const MEND = `install Java ${NEWEST} (Debian: openjdk-${NEWEST}-jre-headless), or set JAVA_HOME to one`;

/** Finds out whether there is a Java, and whether it is one that Beam and Spark run on. */
export async function findJava(env: Environment, signal?: AbortSignal): Promise<Java> {
  const command = env.JAVA_HOME ? join(env.JAVA_HOME, "bin", "java") : "java";
  const result = await runTool(command, ["-version"], { env, signal });
  if (result === undefined) throw javaMissing(env.JAVA_HOME);
  const version = parseJavaVersion(result.output);
  const problem = javaProblem(version, command);
  if (version === undefined || problem !== undefined) throw problem;
  return { command, ...version };
}

/** Reads what `java -version` prints; undefined when that is something else. */
export function parseJavaVersion(output: string): JavaVersion | undefined {
  const [, version] = /^\S+ version "([^"]+)"/m.exec(output) ?? [];
  // Until Java 8 the number that counts was the second: "1.8.0_402".
  const [, feature] = /^(?:1\.)?(\d+)/.exec(version ?? "") ?? [];
  if (version === undefined || feature === undefined) return undefined;
  return { feature: Number(feature), version };
}

/** What is wrong with a version, if anything. */
export function javaProblem(
  version: JavaVersion | undefined,
  command: string,
): BeamlineError | undefined {
  if (version === undefined) {
    return toolError(
      "JAVA_FAILED",
      `Cannot tell the version of Java: "${command} -version" prints none; ${MEND}`,
    );
  }
  if (version.feature >= OLDEST && version.feature <= NEWEST) return undefined;
  const age = version.feature < OLDEST ? "old" : "new";
  return toolError(
    "JAVA_VERSION",
    `Cannot use Java ${version.version} ("${command}"): it is too ${age}, Beam on Spark 3.5 runs on ` +
      `Java ${OLDEST} to ${NEWEST}; ${MEND}`,
  );
}

function javaMissing(javaHome: string | undefined): BeamlineError {
  const state = javaHome
    ? `JAVA_HOME is "${javaHome}", which has no bin/java`
    : "there is none on the PATH and JAVA_HOME is not set";
  return toolError("JAVA_MISSING", `Cannot run Java: ${state}; ${MEND}`);
}
