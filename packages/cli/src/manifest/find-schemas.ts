import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { BeamlineError } from "beamline";
import type { KubeClient } from "../kube/client.js";
import type { KubeObject } from "../kube/kube-object.js";
import { getObject } from "../kube/objects.js";
import { type CrdSchemas, type CustomResourceDefinition, GROUP, schemasIn } from "./crd-schema.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The operator's definitions as the cluster has them; undefined when it has none. */
export async function schemasOfCluster(
  client: KubeClient,
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number } = {},
): Promise<CrdSchemas | undefined> {
  const definitions = await Promise.all(
    ["sparkapplications", "scheduledsparkapplications"].map((plural) =>
      getObject<KubeObject & CustomResourceDefinition>(
        client,
        {
          apiVersion: "apiextensions.k8s.io/v1",
          kind: "CustomResourceDefinition",
          name: `${plural}.${GROUP}`,
        },
        options,
      ),
    ),
  );
  const kinds = schemasIn(definitions.filter((each) => each !== undefined));
  if (kinds.SparkApplication === undefined) return undefined;
  return { source: `the cluster ${client.context}`, kinds };
}

/** Definitions in a file, such as what `helm show crds spark-operator/spark-operator` prints. */
export async function schemasOfFile(file: string): Promise<CrdSchemas> {
  const refuse = (state: string, cause?: unknown) =>
    new BeamlineError(
      "BAD_OPTIONS",
      `Cannot read the operator's definitions: ${file} ${state}; make it with: helm show crds spark-operator/spark-operator > ${file}`,
      { cause },
    );
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw refuse("cannot be read", cause);
  }
  const { parseAllDocuments } = await import("yaml");
  const documents: readonly unknown[] = parseAllDocuments(text).map((each) => each.toJS());
  const kinds = schemasIn(documents.filter(isDefinition));
  if (kinds.SparkApplication === undefined) throw refuse("does not define SparkApplication");
  return { source: file, kinds };
}

function isDefinition(document: unknown): document is CustomResourceDefinition {
  return typeof document === "object" && document !== null;
}

/**
 * Keeps a cluster's definitions in the user's cache, so that manifests can be checked where no
 * cluster is: on a train, and in a CI job without access to one.
 */
export function rememberSchemas({ source, kinds }: CrdSchemas, env: Environment): void {
  const file = cacheFile(env);
  const text = JSON.stringify({ source, kinds });
  try {
    if (existsSync(file) && readFileSync(file, "utf8") === text) return;
    mkdirSync(dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch {
    // A cache that cannot be written is no cache.
  }
}

/** What {@link rememberSchemas} kept; undefined when there is nothing. */
export function rememberedSchemas(env: Environment): CrdSchemas | undefined {
  try {
    const { source, kinds }: CrdSchemas = JSON.parse(readFileSync(cacheFile(env), "utf8"));
    return { source: `a copy of what ${source} had`, kinds };
  } catch {
    return undefined;
  }
}

function cacheFile(env: Environment): string {
  const cache = env.XDG_CACHE_HOME || join(env.HOME ?? homedir(), ".cache");
  return join(cache, "beamline", "spark-operator-schemas.json");
}
