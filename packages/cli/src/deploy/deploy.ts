import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuckets } from "../app/app-record.js";
import { openCluster } from "../app/find-app.js";
import {
  FILE_ANNOTATION,
  RECORD_ANNOTATION,
  RECORD_PROPERTY,
  type SparkApplicationObject,
} from "../app/spark-application.js";
import { s3Place } from "../app/storage.js";
import type { FlagValues } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import { withConfig } from "../config/with-config.js";
import { writeThinJar } from "../image/pipeline-jar.js";
import type { ManifestInput } from "../manifest/manifest-input.js";
import { manifestInputOf, settingsIn } from "../manifest/manifest-input-of.js";
import { type Manifest, planManifest, settingsOf } from "../manifest/plan-manifest.js";
import { renderYaml } from "../manifest/render-yaml.js";
import type { ManifestSettings } from "../manifest/settings.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { appliedWords, detach } from "./applied.js";
import { applyPlan } from "./apply-plan.js";
import { checkOnServer } from "./check-on-server.js";
import { checkPlaces } from "./check-places.js";
import { deployFlags } from "./deploy-flags.js";
import { explainApplyFailure } from "./explain-apply-failure.js";
import { followApp } from "./follow-app.js";
import { deployImage } from "./image-step.js";
import { lookAround } from "./look-around.js";
import { makeArtefacts } from "./make-artefacts.js";
import {
  bytesOfFiles,
  bytesToSend,
  type DeployPlan,
  type DeployWish,
  planDeploy,
} from "./plan-deploy.js";
import { planLines } from "./plan-lines.js";
import { placesIn } from "./record.js";

export interface DeployRequest {
  readonly pipeline: ChosenPipeline;
  readonly flags: FlagValues<typeof deployFlags>;
  readonly cli: Cli;
  readonly terminal: Terminal;
}

/** Takes a pipeline to a SparkApplication and stays with it; returns the exit code. */
export async function deploy(request: DeployRequest): Promise<number> {
  const { pipeline, cli, terminal } = request;
  const started = performance.now();
  const signal = cli.cancellation();
  const { flags } = await withConfig(deployFlags, request.flags, cli);
  const onProgress = (text: string) => terminal.progress(text);
  const client = await openCluster(flags, cli);
  const folder = await mkdtemp(join(tmpdir(), "beamline-deploy-"));
  const { region, awsProfile, s3Endpoint } = flags;
  const buckets = openBuckets({ region, awsProfile, s3Endpoint }, cli, undefined, signal);
  try {
    onProgress("bundling the pipeline, looking at image, bucket and cluster");
    // What Spark calls it, in its History Server and in the names of executors.
    const { runnerOption, jobName = flags.name } = flags;
    const out = join(folder, "pipeline.jar");
    // One after the other: both may bundle, and share one bundler.
    const parallelism = flags.parallelism ?? coresOf(flags);
    const own = { runnerOption, jobName, parallelism };
    const jar = await writeThinJar(pipeline, { cli, terminal, signal, out, ...own });
    await checkPlaces(placesIn(pipeline.code.options), buckets);
    const image = await deployImage({ jar, flags, cli, signal, onProgress });
    const facts = {
      pipeline: pipeline.definition.name,
      codeDigest: jar.codeDigest,
      image: image.reference,
      namespace: client.namespace,
      mainClass: jar.mainClass,
      cwd: cli.cwd,
      env: cli.env,
    };
    const input = manifestInputOf(flags, facts);
    const bare = planManifest(input);
    const { artefacts, recordKey } = makeArtefacts({
      pipeline,
      jar: { ...jar, bytes: await readFile(out) },
      manifest: bare,
      image: image.reference,
      prefix: input.prefix,
      renderYaml,
      eventLogFolder: eventLogFolder(bare, input.bucket),
    });
    const record = `s3://${input.bucket}/${recordKey}`;
    const annotations = {
      ...input.annotations,
      [RECORD_ANNOTATION]: record,
      [FILE_ANNOTATION]: pipeline.file,
    };
    const { application, support } = planManifest(
      bare.application.kind === "SparkApplication"
        ? { ...input, annotations }
        : { ...input, annotations, settings: withRecord(input, record) },
    );
    const wish: DeployWish = { image, bucket: input.bucket, artefacts, support, application };
    const storage = await buckets(input.bucket);
    const [world] = await Promise.all([
      lookAround(client, storage, wish, signal),
      checkOnServer(client, application, signal),
    ]).catch((error: unknown) => {
      terminal.progress(undefined);
      const { name, namespace = client.namespace } = application.metadata;
      throw explainApplyFailure(error, { namespace, name }, terminal);
    });
    const plan = planDeploy(wish, world, flags.ifRunning ?? "refuse");
    terminal.progress(undefined);
    if (flags.dryRun === true) return showPlan(plan, terminal);
    terminal.talk(planLines(plan, terminal.style).join("\n"));

    let sent = bytesOfFiles(plan);
    const pushImage = async () => {
      sent += await image.push();
    };
    const { progress = "auto", patience } = flags;
    const options = { client, storage, pushImage, signal, patience, onProgress };
    const applied = await applyPlan(plan, wish, options).catch((error: unknown) => {
      terminal.progress(undefined);
      throw explainApplyFailure(error, plan.app, terminal);
    });
    terminal.progress(undefined);
    const elapsedMs = performance.now() - started;
    const about = {
      ...plan.app,
      image: image.reference,
      record,
      sentBytes: sent,
      createdMs: elapsedMs,
    };
    terminal.talk(appliedWords(plan, elapsedMs, sent, terminal));
    if (flags.detach === true || application.kind !== "SparkApplication") {
      return detach(about, plan, application.kind, terminal);
    }
    return await followApp({
      client,
      object: applied as SparkApplicationObject,
      file: pipeline.file,
      root: jar.root,
      progress,
      patience,
      open: buckets,
      about,
      signal,
      cli,
      terminal,
    });
  } finally {
    terminal.progress(undefined);
    await buckets.close();
    client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Annotations of a schedule do not reach its runs; Spark's properties do. */
function withRecord({ settings }: ManifestInput, record: string): Partial<ManifestSettings> {
  return { ...settings, sparkConf: { ...settings?.sparkConf, [RECORD_PROPERTY]: record } };
}

/** Of all executors: so many tasks at a time is what sources are split for. */
function coresOf(flags: FlagValues<typeof deployFlags>): number {
  const { executors, maxExecutors, executorCores } = settingsOf({
    profile: flags.profile,
    settings: settingsIn(flags),
  });
  return Math.max(1, maxExecutors ?? executors) * executorCores;
}

/** Of the manifest's event log, where it is in the bucket of the deploy: elsewhere it is others'. */
function eventLogFolder({ application }: Manifest, bucket: string): string | undefined {
  const { spec } = application;
  const { sparkConf } = "template" in spec ? spec.template : spec;
  const place = s3Place(sparkConf["spark.eventLog.dir"] ?? "");
  return place?.bucket === bucket ? place.key : undefined;
}

function showPlan(plan: DeployPlan, terminal: Terminal): number {
  if (terminal.json) terminal.document({ dryRun: true, ...plan, bytesToSend: bytesToSend(plan) });
  else terminal.data(planLines(plan, terminal.dataStyle).join("\n"));
  return exitCodes.done.code;
}
