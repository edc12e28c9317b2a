import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FlagValues } from "../command/command.js";
import { exitCodes } from "../command/exit-code.js";
import { UsageError } from "../command/usage-error.js";
import { withConfig } from "../config/with-config.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import { formatBytes, formatDuration } from "../run/units.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import { allOf } from "./all-problems.js";
import {
  type BuildOptions,
  blobsOf,
  buildImage,
  inspectImage,
  openRegistries,
} from "./build-image.js";
import { buildxLine, writeDockerContext } from "./dockerfile.js";
import { imageCacheFolder } from "./image-cache.js";
import { imageFlags } from "./image-flags.js";
import { imageLines } from "./image-lines.js";
import { imageMaterials, pipelineMaterial } from "./image-materials.js";
import { platforms as allPlatforms } from "./node-release.js";
import { writeLayout } from "./oci/image-layout.js";
import { LayerStore } from "./oci/layer-store.js";
import { formatReference } from "./oci/reference.js";
import { writeThinJar } from "./pipeline-jar.js";
import { type ImagePlan, planImage } from "./plan-image.js";
import { prepareImage } from "./prepare-image.js";

type Flags = FlagValues<typeof imageFlags>;

/** Makes the worker image of a pipeline, and pushes it, writes it, or shows what it would be. */
export async function makeImage(
  pipeline: ChosenPipeline,
  typed: Flags,
  cli: Cli,
  terminal: Terminal,
): Promise<number> {
  const { flags } = await withConfig(imageFlags, typed, cli);
  checkFlags(pipeline.file, flags);
  const started = performance.now();
  const signal = cli.cancellation();
  const scratch = await mkdtemp(join(tmpdir(), "beamline-image-"));
  try {
    const onProgress = (text: string) => terminal.progress(text);
    const { awsProfile } = flags;
    const options: BuildOptions = {
      ...buildOptions(cli, signal),
      onProgress,
      awsProfile,
      ...insecure(flags),
    };
    const plan = await planFor(pipeline, flags, { cli, terminal, signal, scratch });
    const done = await carryOut(plan, flags, options, { cli, terminal });
    terminal.progress(undefined);
    const elapsedMs = performance.now() - started;
    if (terminal.json)
      terminal.document({ pipeline: pipeline.definition.name, ...done.document, elapsedMs });
    else {
      terminal.data(done.data);
      for (const line of done.lines) terminal.talk(line);
      terminal.talk(
        `${terminal.style.good(`${done.what} in ${formatDuration(elapsedMs)}`)}${done.rest}`,
      );
    }
    return exitCodes.done.code;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Where layers are kept, and who is asked. */
export function buildOptions(
  { env }: Pick<Cli, "env">,
  signal: AbortSignal,
): Pick<BuildOptions, "env" | "store" | "memory" | "signal"> {
  const cache = imageCacheFolder(env);
  return {
    env,
    signal,
    store: new LayerStore(join(cache, "layers")),
    memory: join(cache, "bases"),
  };
}

export interface PlanContext {
  readonly cli: Cli;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** An empty folder for the pipeline's jar, which has to stay until the image is made. */
  readonly scratch: string;
}

/** Gathers what a pipeline's image is made of, and plans it. */
export async function planFor(
  pipeline: ChosenPipeline,
  flags: Flags,
  { cli, terminal, signal, scratch }: PlanContext,
): Promise<ImagePlan> {
  const { jobName, runnerOption, parallelism, jobServerJar, s3a = true } = flags;
  const platforms = [...new Set(flags.platform ?? allPlatforms)];
  const out = join(scratch, "pipeline.jar");
  const own = { jobName, runnerOption, parallelism };
  const writing = writeThinJar(pipeline, { cli, terminal, signal, out, ...own });
  // One after the other: both use the bundler, and whoever is done with it ends it.
  const gathering = writing
    .catch(() => undefined)
    .then(() =>
      imageMaterials({
        platforms,
        s3a,
        jobServerJar,
        cwd: cli.cwd,
        env: cli.env,
        signal,
        onProgress: (text) => terminal.progress(text),
      }),
    );
  const [jar, materials] = await allOf("make the image", [writing, gathering]);
  return planImage({
    image: flags.image ?? `localhost/beamline/${repositoryOf(pipeline.definition.name)}`,
    base: flags.base,
    platforms,
    ...pipelineMaterial(jar),
    ...materials,
  });
}

interface Done {
  readonly document: Readonly<Record<string, unknown>>;
  readonly data: string;
  readonly lines: readonly string[];
  readonly what: string;
  readonly rest: string;
}

async function carryOut(
  plan: ImagePlan,
  flags: Flags,
  options: BuildOptions,
  { cli, terminal }: { readonly cli: Cli; readonly terminal: Terminal },
): Promise<Done> {
  if (flags.dockerfile !== undefined) {
    const folder = resolve(cli.cwd, flags.dockerfile);
    await mkdir(folder, { recursive: true });
    await writeDockerContext(plan, folder);
    const line = buildxLine(plan, flags.dockerfile);
    return {
      document: { dockerfile: join(folder, "Dockerfile"), command: line },
      data: line,
      lines: [],
      what: "Written",
      rest: "",
    };
  }
  const registries = openRegistries(plan, options);
  if (flags.layout !== undefined) {
    const folder = resolve(cli.cwd, flags.layout);
    const prepared = await prepareImage(plan, { ...options, baseRepository: registries.base });
    const documents = prepared.images.map(({ manifest }) => manifest);
    const blobs = blobsOf(prepared, registries.base).map(({ source }) => source);
    const { index, sbom } = prepared;
    await writeLayout(
      { blobs, documents, index, name: formatReference(plan.target) },
      folder,
      options.signal,
    );
    await writeSbom(sbom, flags, cli);
    return {
      document: { layout: folder, digest: index.digest },
      data: folder,
      lines: [],
      what: "Written",
      rest: `: ${index.digest}`,
    };
  }
  const dryRun = flags.dryRun === true;
  const image = await (dryRun ? inspectImage : buildImage)(plan, registries, options);
  await writeSbom(image.sbom, flags, cli);
  const { sbom: _, ...document } = image;
  const sent = formatBytes(image.uploadedBytes);
  return {
    document: { ...document, dryRun },
    data: image.reference,
    lines: imageLines(image, terminal.style),
    what: dryRun ? "Looked at" : image.unchanged ? "Found unchanged" : "Pushed",
    rest: dryRun ? `: ${sent} would be sent` : `: ${sent} sent`,
  };
}

async function writeSbom(sbom: string, { sbom: file }: Flags, cli: Cli): Promise<void> {
  if (file === undefined) return;
  const path = resolve(cli.cwd, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, sbom);
}

function checkFlags(file: string, { image, layout, dockerfile }: Flags): void {
  const action = `make the image of ${file}`;
  if (layout !== undefined && dockerfile !== undefined) {
    const message = "not together with --layout; run the command twice";
    throw new UsageError(action, [{ subject: "--dockerfile", message }]);
  }
  if (image === undefined && layout === undefined && dockerfile === undefined) {
    const message =
      "missing: where to push to, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/wordcount";
    throw new UsageError(action, [{ subject: "--image", message }], "beamline image --help");
  }
}

function insecure({ insecure }: Flags): { insecure?: boolean } {
  return insecure === undefined ? {} : { insecure };
}

/** A pipeline may be called what a repository may not. */
function repositoryOf(name: string): string {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return words.join("-") || "pipeline";
}
