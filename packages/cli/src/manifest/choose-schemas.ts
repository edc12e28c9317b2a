import { resolve } from "node:path";
import { BeamlineError } from "beamline";
import type { Cli } from "../terminal/cli.js";
import type { CrdSchemas } from "./crd-schema.js";
import {
  rememberedSchemas,
  rememberSchemas,
  schemasOfCluster,
  schemasOfFile,
} from "./find-schemas.js";

export interface SchemaChoice {
  readonly crd?: string | undefined;
  readonly context?: string | undefined;
}

export interface ChosenSchemas {
  readonly schemas: CrdSchemas | undefined;
  /** Of the context, whether its cluster answers or not; undefined where there is no kubeconfig. */
  readonly namespace: string | undefined;
  /** Why the cluster was not asked, or did not answer. */
  readonly reason: string | undefined;
}

/** How long a manifest waits for a cluster that it can do without. */
const TIMEOUT_MS = 5_000;

/**
 * The schemas to check against: of the file that is named; of the cluster, if it answers; of the
 * cluster that was seen last.
 */
export async function chooseSchemas(
  { crd, context }: SchemaChoice,
  { cwd, env }: Pick<Cli, "cwd" | "env">,
): Promise<ChosenSchemas> {
  const ofFile = crd === undefined ? undefined : await schemasOfFile(resolve(cwd, crd));
  let namespace: string | undefined;
  try {
    const { openKubeClient } = await import("../kube/client.js");
    const client = await openKubeClient({ env, context });
    try {
      namespace = client.namespace;
      if (ofFile !== undefined) return { schemas: ofFile, namespace, reason: undefined };
      const schemas = await schemasOfCluster(client, { timeoutMs: TIMEOUT_MS });
      if (schemas !== undefined) rememberSchemas(schemas, env);
      const reason = schemas === undefined ? `${client.context} has no Spark operator` : undefined;
      return { schemas: schemas ?? rememberedSchemas(env), namespace, reason };
    } finally {
      client.close();
    }
  } catch (error) {
    if (!(error instanceof BeamlineError)) throw error;
    return { schemas: ofFile ?? rememberedSchemas(env), namespace, reason: error.message };
  }
}
