import { fileURLToPath } from "node:url";
import type { PortableEnvironment } from "beamline/runners/portable";
import { type Problem, UsageError } from "../command/usage-error.js";
import type { EnvironmentName } from "./remote-flags.js";

interface EnvironmentFlags {
  readonly environment?: EnvironmentName | undefined;
  readonly environmentConfig?: string | undefined;
}

/** Where a container image has the worker, by Beam's convention. */
const CONTAINER_BOOT = "/opt/apache/beam/boot";

/** The environment that the flags describe; of ours, `beamline-boot` of this installation. */
export function environmentFor(
  { environment, environmentConfig }: EnvironmentFlags,
  fallback: EnvironmentName,
): PortableEnvironment {
  const kind = environment ?? fallback;
  switch (kind) {
    case "loopback":
      if (environmentConfig === undefined) return { kind };
      throw wrong({
        subject: "--environment-config",
        message:
          "is not for --environment loopback, which needs none; say which environment you mean",
      });
    case "process":
      return { kind, command: environmentConfig ?? ownBoot() };
    case "docker":
      return { kind, image: environmentConfig ?? need("the image to start") };
    case "external":
      return { kind, address: environmentConfig ?? need("host:port of the worker pool") };
  }
}

/** The environment in a jar, which runs where this installation is not. */
export function jarEnvironment({
  environment = "process",
  environmentConfig,
}: EnvironmentFlags): Exclude<PortableEnvironment, { readonly kind: "loopback" }> {
  const config =
    environment === "process" ? (environmentConfig ?? CONTAINER_BOOT) : environmentConfig;
  const chosen = environmentFor({ environment, environmentConfig: config }, "process");
  if (chosen.kind !== "loopback") return chosen;
  throw wrong({ subject: "--environment", message: "loopback ends with this process" });
}

function ownBoot(): string {
  const library = fileURLToPath(import.meta.resolve("beamline/package.json"));
  return fileURLToPath(new URL("bin/beamline-boot", `file://${library}`));
}

function need(what: string): never {
  throw wrong({ subject: "--environment-config", message: `missing: ${what}` });
}

function wrong(problem: Problem): UsageError {
  return new UsageError("choose the workers' environment", [problem]);
}
