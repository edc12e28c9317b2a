import type { BeamlineError } from "beamline";
import { compareVersions } from "./compare-versions.js";
import { type Environment, runTool } from "./run-tool.js";
import { toolError } from "./tool-error.js";

const COMMAND = "mvn";
/** What the plugins of our builds ask for. */
const OLDEST = "3.6.3";
const MEND = "install Maven 3.9 (Debian: maven), it is needed once";

/** Finds out whether there is a Maven that can make our builds. Returns what to start. */
export async function findMaven(env: Environment, signal?: AbortSignal): Promise<string> {
  const result = await runTool(COMMAND, ["--version"], { env, signal });
  const problem =
    result === undefined ? mavenMissing() : mavenProblem(parseMavenVersion(result.output), result);
  if (problem !== undefined) throw problem;
  return COMMAND;
}

/** Reads what `mvn --version` prints; undefined when that is something else. */
export function parseMavenVersion(output: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it prints its name in bold
  return /^(?:\u001b\[\d*m)?Apache Maven (\d+(?:\.\d+)*[^\s\u001b]*)/m.exec(output)?.[1];
}

/** What is wrong with a version, if anything; `output` tells why there is none. */
export function mavenProblem(
  version: string | undefined,
  { output }: { readonly output: string },
): BeamlineError | undefined {
  if (version === undefined) {
    const [words = "it says nothing"] = output.split("\n").filter((line) => line.trim() !== "");
    return toolError(
      "MAVEN_FAILED",
      `Cannot tell the version of Maven: "${COMMAND} --version" fails (${words.trim()}); ` +
        "make that work first",
    );
  }
  if (compareVersions(version, OLDEST) >= 0) return undefined;
  return toolError(
    "MAVEN_VERSION",
    `Cannot build with Maven ${version}: it is too old, ${OLDEST} or later is needed; ${MEND}`,
  );
}

function mavenMissing(): BeamlineError {
  return toolError(
    "MAVEN_MISSING",
    `Cannot fetch Beam's and Spark's jars: there is no "${COMMAND}" on the PATH; ${MEND}`,
  );
}
