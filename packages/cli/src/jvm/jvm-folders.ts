import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "./run-tool.js";

/** The Maven projects and settings that this package ships. */
const SHIPPED = fileURLToPath(new URL("../../jvm/", import.meta.url));

/** A file of the package's `jvm` folder. */
export function shippedFile(...path: readonly string[]): string {
  return join(SHIPPED, ...path);
}

/** Where jars are kept for this user, whatever the project. */
export function jvmCacheFolder(env: Environment): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "beamline", "jvm");
}

/** A Maven project of ours. */
export interface ShippedProject {
  /** With its `pom.xml`, and sources if it has any. */
  readonly folder: string;
  /** Changes when the project does. */
  readonly hash: string;
  /** The value of a property, such as `beam.version`. */
  property(name: string): string;
}

export function shippedProject(name: string): ShippedProject {
  const folder = shippedFile(name);
  const pom = readFileSync(join(folder, "pom.xml"), "utf8");
  const hash = createHash("sha256").update(pom);
  for (const path of sourcesIn(folder)) hash.update(path).update(readFileSync(join(folder, path)));
  return {
    folder,
    hash: hash.digest("hex").slice(0, 12),
    property: (property) => new RegExp(`<${property}>([^<]+)</${property}>`).exec(pom)?.[1] ?? "",
  };
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".java"))
    .sort();
}
