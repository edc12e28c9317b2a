import { BeamlineError } from "beamline";
import type { FlagValues } from "../command/command.js";
import { ownVersion } from "../command/own-version.js";
import { platforms as allPlatforms } from "../image/node-release.js";
import { DEFAULT_BASE } from "../image/plan-image.js";
import { appNameOf } from "../manifest/app-name.js";
import { manifestInputOf, prefixOf } from "../manifest/manifest-input-of.js";
import { planManifest, settingsOf } from "../manifest/plan-manifest.js";
import { openPipelineFile } from "../pipeline/pipeline-file.js";
import type { Cli } from "../terminal/cli.js";
import type { doctorFlags } from "./doctor-flags.js";
import { openWorld } from "./open-world.js";
import type { World } from "./world.js";

/** What stands in the manifest for what was not named; the checks on it are skipped. */
const STAND_IN = { bucket: "none-named", image: "none-named", pipeline: "beamline-doctor" };

/** Makes the world of the checks from what was typed. */
export async function worldOf(
  file: string | undefined,
  flags: FlagValues<typeof doctorFlags>,
  cli: Cli,
  signal: AbortSignal,
): Promise<World & { close(): void }> {
  const { env, cwd } = cli;
  const pipeline = file === undefined ? STAND_IN.pipeline : await pipelineName(file, cli);
  const context = await contextOf(flags.context, cli);
  const namespace = flags.namespace ?? context?.namespace ?? "default";
  const complete = {
    ...flags,
    name: flags.name ?? appNameOf(pipeline),
    bucket: flags.bucket ?? STAND_IN.bucket,
    // What it would get is not always known, and no check of the manifest is about it.
    roleArn: flags.roleArn,
  };
  const image = flags.image ?? STAND_IN.image;
  const facts = { pipeline, image, namespace, cwd, env };
  // An identity that the image cannot have is a check of its own.
  const input = manifestInputOf(complete, facts);
  const settings = settingsOf(input);
  const manifest = planManifest({
    ...input,
    settings: { ...input.settings, ...acceptableIdentity(settings.identity) },
  });
  const { application } = manifest;
  return openWorld({
    env,
    signal,
    nodeVersion: process.versions.node,
    beamlineVersion: ownVersion(),
    namespace,
    settings,
    manifest,
    spec: application.kind === "SparkApplication" ? application.spec : application.spec.template,
    image: flags.image,
    base: flags.base ?? DEFAULT_BASE,
    platforms: flags.platform ?? allPlatforms,
    insecure: flags.insecure === true,
    bucket: flags.bucket,
    prefix: prefixOf(flags.prefix, pipeline),
    region: flags.region,
    awsProfile: flags.awsProfile,
    s3Endpoint: flags.s3Endpoint ?? env.AWS_ENDPOINT_URL_S3,
    eksCluster: flags.cluster ?? eksClusterOf(context?.context),
    context: flags.context,
  });
}

function acceptableIdentity(identity: string) {
  return identity === "pod-identity" ? { identity: "node" as const } : {};
}

async function pipelineName(file: string, { cwd, env }: Cli): Promise<string> {
  const action = `doctor ${file}`;
  const { loadPipeline } = await import("../pipeline/load-pipeline.js");
  const { definition } = await loadPipeline(openPipelineFile(file, action, cwd), action, env);
  return definition.name;
}

interface ContextFacts {
  readonly context: string;
  readonly namespace: string;
}

/** Reads the kubeconfig; the check "cluster" says what is wrong with one. */
async function contextOf(
  context: string | undefined,
  { env }: Cli,
): Promise<ContextFacts | undefined> {
  const { openKubeClient } = await import("../kube/client.js");
  try {
    const client = await openKubeClient({ env, context });
    client.close();
    return client;
  } catch (error) {
    if (error instanceof BeamlineError) return undefined;
    throw error;
  }
}

/** As `aws eks update-kubeconfig` and eksctl name contexts. */
export function eksClusterOf(context: string | undefined): string | undefined {
  const name = context ?? "";
  return (
    /^arn:aws[\w-]*:eks:[^:]+:\d+:cluster\/(.+)$/.exec(name)?.[1] ??
    /@([^.@]+)\.[\w-]+\.eksctl\.io$/.exec(name)?.[1]
  );
}
