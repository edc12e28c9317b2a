import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { BeamlineError } from "beamline";
import type { AwsOptions } from "../../aws/aws-options.js";
import { Ecr, ecrRegistry } from "../../aws/ecr.js";

/** A registry's user, or a token that is traded for one. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "identity-token"; readonly token: string };

export interface CredentialSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For ECR. */
  readonly aws?: AwsOptions;
  readonly signal?: AbortSignal | undefined;
}

interface DockerConfig {
  readonly auths?: Readonly<
    Record<string, { readonly auth?: string; readonly identitytoken?: string }>
  >;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/**
 * Who we are to a registry: from Docker's config.json and its helpers, as `docker login` left it;
 * for ECR, AWS's own credentials. Undefined for a registry that nobody has logged in to.
 */
export async function findCredentials(
  host: string,
  sources: CredentialSources,
): Promise<Credentials | undefined> {
  const { env, aws, signal } = sources;
  const config = await readDockerConfig(env);
  const names = host === "docker.io" ? DOCKER_HUB_NAMES : [host, `https://${host}`];
  for (const name of names) {
    const helper = config.credHelpers?.[name];
    if (helper !== undefined) return askHelper(helper, name, env);
  }
  for (const name of names) {
    const { auth, identitytoken } = config.auths?.[name] ?? {};
    if (identitytoken !== undefined) return { kind: "identity-token", token: identitytoken };
    if (auth !== undefined && auth !== "") return decode(auth);
  }
  const registry = ecrRegistry(host);
  if (registry !== undefined)
    return { kind: "password", ...(await new Ecr(registry, aws).login(signal)) };
  return config.credsStore === undefined
    ? undefined
    : askHelper(config.credsStore, names.at(-1) ?? host, env);
}

const DOCKER_HUB_NAMES = ["docker.io", "index.docker.io", "https://index.docker.io/v1/"];

async function readDockerConfig(env: CredentialSources["env"]): Promise<DockerConfig> {
  const path = join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), ".docker"), "config.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as DockerConfig;
  } catch (cause) {
    throw new BeamlineError(
      "BAD_DOCKER_CONFIG",
      `Cannot read "${path}": it is no JSON; log in to the registry again, or mend the file`,
      { cause },
    );
  }
}

function decode(auth: string): Credentials {
  const text = Buffer.from(auth, "base64").toString();
  const colon = text.indexOf(":");
  return { kind: "password", username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** `docker-credential-<name> get`: the registry on stdin, JSON on stdout. */
async function askHelper(
  name: string,
  registry: string,
  env: CredentialSources["env"],
): Promise<Credentials | undefined> {
  const command = `docker-credential-${name}`;
  const { code, stdout } = await run(command, registry, env);
  if (code !== 0) {
    // How helpers say that nobody has logged in.
    if (/credentials not found/i.test(stdout)) return undefined;
    throw new BeamlineError(
      "CREDENTIAL_HELPER_FAILED",
      `Cannot get credentials for ${registry}: ${command} ended with ${code}: ${stdout.trim()}; log in again, or take it out of Docker's config.json`,
    );
  }
  const { Username, Secret } = JSON.parse(stdout) as { Username?: string; Secret?: string };
  if (Secret === undefined) return undefined;
  if (Username === "<token>") return { kind: "identity-token", token: Secret };
  return { kind: "password", username: Username ?? "", password: Secret };
}

function run(
  command: string,
  input: string,
  env: CredentialSources["env"],
): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, ["get"], { env: { ...env }, stdio: ["pipe", "pipe", "ignore"] });
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.on("error", (cause) => {
      reject(
        new BeamlineError(
          "CREDENTIAL_HELPER_FAILED",
          `Cannot get credentials for ${input}: "${command}", which Docker's config.json names, does not start (${cause.message}); install it, or take it out of config.json`,
          { cause },
        ),
      );
    });
    child.on("close", (code) => resolve({ code, stdout }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
