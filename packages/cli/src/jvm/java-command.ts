import { delimiter, join } from "node:path";
import type { Java } from "./java.js";
import { shippedFile } from "./jvm-folders.js";

/** What to start, as `child_process.spawn` takes it. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** To be added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface JavaProgram {
  readonly java: Java;
  readonly classPath: readonly string[];
  readonly mainClass: string;
  readonly args: readonly string[];
  /** Most memory for its objects, as `-Xmx` takes it: `2g`. */
  readonly heap: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** More options of the JVM. */
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The packages that Spark reaches into; since Java 17 they must be opened by name. */
const OPENED = [
  ...[
    "java.lang",
    "java.lang.invoke",
    "java.lang.reflect",
    "java.io",
    "java.net",
    "java.nio",
    "java.util",
    "java.util.concurrent",
    "java.util.concurrent.atomic",
    "jdk.internal.ref",
    "sun.nio.ch",
    "sun.nio.cs",
    "sun.security.action",
    "sun.util.calendar",
  ].map((name) => `java.base/${name}`),
  "java.security.jgss/sun.security.krb5",
];

/** The options with which Spark and Flink run on Java 11 to 17. */
export const moduleOptions: readonly string[] = [
  "-XX:+IgnoreUnrecognizedVMOptions",
  ...OPENED.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
  "-Djdk.reflect.useDirectMethodHandle=false",
];

/** A command line of plain `java`, whose logs go to stderr: Beam's progress and all warnings. */
export function javaCommand(program: JavaProgram): Command {
  const { java, classPath, mainClass, args, heap, properties = {}, env = {} } = program;
  const { options = [] } = program;
  const all = { ...LOGGING, ...properties };
  return {
    command: java.command,
    args: [
      ...moduleOptions,
      ...options,
      `-Xmx${heap}`,
      ...Object.entries(all).map(([name, value]) => `-D${name}=${value}`),
      "-cp",
      classPath.join(delimiter),
      mainClass,
      ...args,
    ],
    env,
  };
}

/** Log4j 2, and Log4j 1 for Spark before 3.3; each passes over the other's. */
const LOGGING: Readonly<Record<string, string>> = {
  "log4j2.configurationFile": shippedFile("log4j2.properties"),
  "log4j.configuration": `file:${shippedFile("log4j.properties")}`,
};

/** Spark's configuration, as far as there is one, and its jars. */
export function sparkClassPath(home: string): readonly string[] {
  return [join(home, "conf"), join(home, "jars", "*")];
}
