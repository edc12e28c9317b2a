import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../../../../../tools/beam-python.sh", import.meta.url));

/** A Python that has fastavro; undefined where it is not installed. In CI it must be. */
export function pythonWithAvro(): string | undefined {
  const { status, stdout } = spawnSync(SCRIPT, { encoding: "utf8", timeout: 600_000 });
  const python = status === 0 ? join(stdout.trim(), "bin", "python") : undefined;
  if (python === undefined && process.env.CI !== undefined) {
    throw new Error("fastavro is not installed; run tools/beam-python.sh");
  }
  return python;
}

/** Runs a program in Python, with fastavro imported, and returns what it prints, parsed as JSON. */
export function fastavro(python: string, program: string): unknown {
  const prelude = "import json, sys, glob, fastavro, datetime, decimal\n";
  const printed = execFileSync(python, ["-c", prelude + program], { encoding: "utf8" });
  return printed === "" ? undefined : JSON.parse(printed);
}
