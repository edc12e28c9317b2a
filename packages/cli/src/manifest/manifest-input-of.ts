import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import type { FlagValues } from "../command/command.js";
import { type Problem, UsageError } from "../command/usage-error.js";
import { appNameOf } from "./app-name.js";
import type { manifestFlags } from "./manifest-flags.js";
import type { ManifestInput } from "./manifest-input.js";
import type { ManifestSettings } from "./settings.js";
import type { StringMap } from "./spark-application.js";

/** Values of the flags that decide a manifest, after the configuration file had its say. */
export type ManifestFlagValues = FlagValues<typeof manifestFlags>;

export interface ManifestFacts {
  /** The pipeline's own name. */
  readonly pipeline: string;
  readonly codeDigest?: string | undefined;
  /** Default: `--image`. */
  readonly image?: string | undefined;
  /** Of the context, where `--namespace` is not given. Default: `default`. */
  readonly namespace?: string | undefined;
  readonly mainClass?: string | undefined;
  /** Of the application. */
  readonly annotations?: StringMap | undefined;
  /** What patch files are relative to. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The input of `planManifest` from what was typed.
 *
 * @throws UsageError when something that has no default is missing, or a patch cannot be read.
 */
export function manifestInputOf(flags: ManifestFlagValues, facts: ManifestFacts): ManifestInput {
  const problems: Problem[] = [];
  const { bucket } = flags;
  const image = facts.image ?? flags.image;
  if (bucket === undefined) {
    problems.push({ subject: "--bucket", message: "missing: the bucket of the deployment" });
  }
  if (image === undefined) {
    problems.push({
      subject: "--image",
      message: "missing: beamline image makes one and prints it",
    });
  }
  const patches = readPatches(flags.patch ?? [], facts.cwd, problems);
  if (bucket === undefined || image === undefined || problems.length > 0) {
    throw new UsageError("make the manifest", problems, "beamline manifest --help");
  }
  const { pipeline, env } = facts;
  const s3Endpoint = flags.clusterS3Endpoint ?? flags.s3Endpoint ?? env.AWS_ENDPOINT_URL_S3;
  return {
    appName: flags.name ?? appNameOf(pipeline),
    namespace: flags.namespace ?? facts.namespace ?? "default",
    pipeline,
    codeDigest: facts.codeDigest,
    image,
    bucket,
    prefix: prefixOf(flags.prefix, pipeline),
    region: flags.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION,
    s3Endpoint,
    // Other servers than AWS's seldom have a host name for each bucket.
    s3PathStyle: s3Endpoint !== undefined,
    mainClass: facts.mainClass,
    annotations: facts.annotations,
    profile: flags.profile,
    settings: settingsIn(flags),
    patches,
    sets: flags.set,
  };
}

/** Without slashes at its ends; of its own by default, so that one bucket serves many pipelines. */
export function prefixOf(typed: string | undefined, pipeline: string): string {
  return (typed ?? `beamline/${appNameOf(pipeline)}`).replace(/^\/+|\/+$/g, "");
}

/** The flags that are settings of the same name. */
const PLAIN_SETTINGS = [
  "driverCores",
  "driverMemory",
  "executors",
  "minExecutors",
  "maxExecutors",
  "executorCores",
  "executorMemory",
  "harnessHeap",
  "localDisk",
  "nearDriver",
  "identity",
  "roleArn",
  "awsSecret",
  "serviceAccount",
  "createServiceAccount",
  "eventLog",
  "prometheus",
  "restart",
  "retries",
  "ttl",
  "schedule",
  "timeZone",
  "concurrency",
  "sparkVersion",
  "hadoopVersion",
  "awsSdkVersion",
  "imagePullPolicy",
] as const satisfies readonly (keyof ManifestFlagValues & keyof ManifestSettings)[];

/** Those that were typed. */
export function settingsIn(flags: ManifestFlagValues): Partial<ManifestSettings> {
  const { sparkConf, hadoopConf, nodeSelector, toleration, imagePullSecret } = flags;
  return withoutUndefined({
    ...pick(flags, PLAIN_SETTINGS),
    sparkConf: sparkConf && Object.fromEntries(sparkConf),
    hadoopConf: hadoopConf && Object.fromEntries(hadoopConf),
    nodeSelector: nodeSelector && Object.fromEntries(nodeSelector),
    tolerations: toleration,
    imagePullSecrets: imagePullSecret,
  });
}

function pick<T, K extends keyof T>(object: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, object[name]])) as Pick<T, K>;
}

/** Absent and undefined are not the same to who merges settings. */
function withoutUndefined<T extends object>(
  object: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Every document of every file, in order. */
function readPatches(files: readonly string[], cwd: string, problems: Problem[]): unknown[] {
  return files.flatMap((file): unknown[] => {
    const refuse = (message: string) => problems.push({ subject: `--patch ${file}`, message });
    let text: string;
    try {
      text = readFileSync(resolve(cwd, file), "utf8");
    } catch (error) {
      refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
    return parseAllDocuments(text).flatMap((document) => {
      for (const { message, linePos } of document.errors) {
        const line = linePos?.[0].line;
        refuse(
          `${line === undefined ? "" : `line ${line}: `}${message.split(/ at line |\n/, 1)[0]}`,
        );
      }
      return document.errors.length > 0 ? [] : [document.toJS()];
    });
  });
}
