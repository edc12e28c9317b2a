import type { Cause } from "./shortest-cause.js";

/** A failure that has been seen before: what it means and what mends it. */
interface KnownCause {
  readonly pattern: RegExp;
  /** In place of the runner's words. */
  readonly state: (match: RegExpExecArray) => string;
  readonly advice: string;
}

const KNOWN: readonly KnownCause[] = [
  {
    pattern: /Process died with exit code (-?\d+)/,
    state: ([, code = ""]) =>
      `the worker process ended before it was ready, with exit code ${code}`,
    advice:
      "read its last words in beamline-boot-*.log in the temporary folder of the machine it ran on, and check that Node 20 is installed there",
  },
  {
    pattern: /CANCELLED: (?:client cancelled|call already cancelled)/,
    state: () => "a worker ended in the middle of its work, and so did those that took its place",
    advice:
      "most likely its memory did not suffice: see beamline-boot-*.log in the temporary folder of the machine it ran on, and give workers more",
  },
  {
    pattern: /Cannot run program "([^"]+)"(?:: error=\d+, ([^\n]*))?/,
    state: ([, command = "", why = "it can't be run"]) =>
      `the runner can't start the workers' command ${command} (${why})`,
    advice: "install it on every machine that runs workers, or choose another environment",
  },
  {
    pattern: /failed to connect to all addresses[^"\n]*?([\w.:[\]]+:\d+): [^"\n]*/,
    state: ([, address = ""]) => `the runner can't connect to ${address}`,
    advice: "make sure that the workers' address can be reached from where the runner is",
  },
  {
    pattern: /has unknown URN (\S+)/,
    state: ([, urn = ""]) => `the runner does not know the transform ${urn}`,
    advice:
      "name the runner, so that the pipeline is checked and expanded for it before it is sent",
  },
  {
    pattern: /InvalidClassException: ?([\w.$]+)?/,
    state: ([, name = "a class"]) => `${name} is not the same in the job server and on the cluster`,
    advice: "use a job server that was built for exactly the cluster's version of Spark and Scala",
  },
  {
    pattern: /(?:ClassNotFoundException|NoClassDefFoundError): ?([\w.$/]+)/,
    state: ([, name = ""]) => `Java can't find the class ${name.replaceAll("/", ".")}`,
    advice:
      "check that the jars of the runner are complete and of one version (Spark 3, Scala 2.12)",
  },
  {
    pattern: /does not "(?:opens|exports) ([\w.]+)"/,
    state: ([, name = ""]) => `Java keeps the package ${name} closed`,
    advice: `start the job server with --add-opens=java.base/<package>=ALL-UNNAMED for that package, or by spark-submit, which does so itself`,
  },
  {
    pattern: /OutOfMemoryError: ?([^\n]*)/,
    state: ([, what = ""]) => `the runner's Java is out of memory (${what || "heap"})`,
    advice: "give it a larger heap (-Xmx, spark.driver.memory, spark.executor.memory)",
  },
  {
    pattern: /No FileSystem for scheme "?([\w+.-]+)/,
    state: ([, scheme = ""]) => `the runner has no file system for ${scheme}://`,
    advice: "add the Hadoop jars for it to the runner, or stage the files elsewhere",
  },
  {
    pattern: /Timed out while waiting for command '?([^\n']*)/,
    state: ([, command = ""]) => `the worker's command did not get ready in time: ${command}`,
    advice: "run that command by hand on the worker's machine to see what it waits for",
  },
];

/** A failure in words: what is wrong, and what to do about it. */
export interface Diagnosis {
  readonly state: string;
  readonly advice: string;
}

/** Puts a cause into words: those of a known failure, else the runner's own. */
export function diagnose({ text }: Cause): Diagnosis {
  for (const { pattern, state, advice } of KNOWN) {
    const match = pattern.exec(text);
    if (match !== null) return { state: state(match), advice };
  }
  return { state: text, advice: "the runner's log says more" };
}
