import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { goToolPath } from "../../../tools/kubernetes/go-build.mjs";
import { GO_TOOLS } from "../../../tools/kubernetes/go-tools.mjs";

const SERVE = fileURLToPath(new URL("../../../tools/kubernetes/serve.mjs", import.meta.url));
const PARTS: readonly string[] = ["etcd", "kubernetes"];

/** A real etcd and kube-apiserver with the Spark operator's resource types, and nothing that acts. */
export interface ControlPlane {
  /** Path of a file whose one context, `beamline-test`, may do anything. */
  readonly kubeconfig: string;
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** Bearer token of the same user. */
  readonly token: string;
  stop(): Promise<void>;
}

/**
 * How long to give `beforeAll` for {@link startControlPlane}: 3 to 5 seconds where the programs are
 * in the cache; in CI they may still be building.
 */
export const CONTROL_PLANE_TIMEOUT_MS = 40 * 60_000;

/** Starts a control plane of its own; it ends with `stop` and with this process. */
export async function startControlPlane(): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "beamline-schema-"));
  const args = [SERVE, "schema", folder, "--until-stdin-ends"];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  let talk = "";
  child.stderr.on("data", (data: Buffer) => {
    talk += data.toString();
  });
  const line = await new Promise<string | undefined>((resolve) => {
    child.stdout.once("data", (data: Buffer) => resolve(data.toString()));
    child.once("close", () => resolve(undefined));
  });
  if (line === undefined) {
    await stop();
    throw new Error(`Cannot start the control plane: ${talk.trim()}`);
  }
  const { kubeconfig, server, token }: Omit<ControlPlane, "stop"> = JSON.parse(line);
  return { kubeconfig, server, token, stop };
}

/**
 * A suite that needs {@link startControlPlane}. Where its programs have not been built it is skipped
 * with a loud line; in CI it waits for them instead.
 */
export function describeSchema(name: string, suite: () => void): void {
  const missing = GO_TOOLS.filter((tool) => PARTS.includes(tool.name))
    .filter((tool) => !existsSync(goToolPath(tool)))
    .map((tool) => tool.name);
  if (missing.length === 0 || process.env.CI !== undefined) {
    describe(name, suite);
    return;
  }
  const build = "node tools/kubernetes/build.mjs etcd kubernetes";
  console.warn(`\nSKIPPED: ${name}: no ${missing.join(", ")}; run \`${build}\` (15 minutes)\n`);
  describe.skip(name, suite);
}
