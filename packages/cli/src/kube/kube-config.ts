import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { BeamlineError } from "beamline";
import { nearest } from "../text/nearest.js";

export interface KubeConfigRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: the current context of the file. */
  readonly context?: string | undefined;
  /** A file to read instead of those of KUBECONFIG. */
  readonly kubeconfig?: string | undefined;
}

const IN_CLUSTER_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * The cluster that kubectl would talk to: the files of KUBECONFIG (the first to define a name
 * wins), else `~/.kube/config`, else the service account of the pod that this runs in.
 */
export async function loadKubeConfig(request: KubeConfigRequest): Promise<KubeConfig> {
  const { env, context, kubeconfig } = request;
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const named = (kubeconfig ?? env.KUBECONFIG ?? "").split(delimiter).filter((path) => path !== "");
  const standard = join(env.HOME ?? homedir(), ".kube", "config");
  const files = named.length > 0 ? named : [standard].filter((path) => existsSync(path));
  if (files.length === 0) {
    if (!existsSync(IN_CLUSTER_TOKEN)) throw noConfig();
    config.loadFromCluster();
    return config;
  }
  const parts = files.map((file) => readPart(file, new KubeConfig()));
  config.loadFromOptions({
    clusters: firstOfEachName(parts.flatMap(({ clusters }) => clusters)),
    users: firstOfEachName(parts.flatMap(({ users }) => users)),
    contexts: firstOfEachName(parts.flatMap(({ contexts }) => contexts)),
    currentContext: parts.map(({ currentContext }) => currentContext).find((name) => name),
  });
  if (context !== undefined) config.setCurrentContext(context);
  checkContext(config, files);
  return config;
}

function readPart(file: string, part: KubeConfig): KubeConfig {
  try {
    part.loadFromString(readFileSync(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw wrong(
      `${file} cannot be read (${reason}); mend it, or name another file in KUBECONFIG`,
      cause,
    );
  }
  part.makePathsAbsolute(dirname(file));
  return part;
}

function firstOfEachName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return items.filter((item, index) => items.findIndex(({ name }) => name === item.name) === index);
}

function checkContext(config: KubeConfig, files: readonly string[]): void {
  const names = config.getContexts().map(({ name }) => name);
  const chosen = config.getCurrentContext() as string | undefined;
  const there = names.length === 0 ? "it has none" : `there are ${names.join(", ")}`;
  if (chosen === undefined || chosen === "") {
    throw wrong(`${files.join(", ")} names no current context; give --context (${there})`);
  }
  if (!names.includes(chosen)) {
    const near = nearest(chosen, names);
    const hint = near === undefined ? there : `did you mean ${near}?`;
    throw wrong(`${files.join(", ")} has no context ${chosen}; give another --context (${hint})`);
  }
  if (config.getCurrentCluster() === null) {
    throw wrong(`context ${chosen} names a cluster that ${files.join(", ")} does not define`);
  }
}

function noConfig(): BeamlineError {
  return wrong(
    "there is no KUBECONFIG, no ~/.kube/config, and this is no pod; on EKS run: aws eks update-kubeconfig --name CLUSTER",
  );
}

function wrong(state: string, cause?: unknown): BeamlineError {
  return new BeamlineError("KUBE_CONFIG", `Cannot choose a cluster: ${state}`, { cause });
}
