import type { FlagValues } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";
import {
  type BuildOptions,
  type BuiltImage,
  buildImage,
  type ImageRegistries,
  inspectImage,
  openRegistries,
} from "../image/build-image.js";
import { imageMaterials, pipelineMaterial } from "../image/image-materials.js";
import { buildOptions } from "../image/make-image.js";
import { platforms as allPlatforms } from "../image/node-release.js";
import type { ThinJar } from "../image/pipeline-jar.js";
import { planImage } from "../image/plan-image.js";
import type { Cli } from "../terminal/cli.js";
import type { deployFlags } from "./deploy-flags.js";
import type { LayerStep } from "./plan-deploy.js";

export interface ImageRequest {
  readonly jar: ThinJar;
  readonly flags: FlagValues<typeof deployFlags>;
  readonly cli: Cli;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** The image that a deploy runs. */
export interface DeployImage {
  /** By digest. */
  readonly reference: string;
  readonly layers: readonly LayerStep[];
  /** Sends what the registry lacks; returns how many bytes those were. */
  push(): Promise<number>;
}

/** The image that the flags name by its digest, or one made of the pipeline, not pushed yet. */
export async function deployImage(request: ImageRequest): Promise<DeployImage> {
  const { jar, flags, cli, signal, onProgress } = request;
  const { image, insecure } = flags;
  if (image === undefined) {
    const message =
      "missing: where to push the image, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/wordcount";
    throw new UsageError("deploy", [{ subject: "--image", message }], "beamline deploy --help");
  }
  if (image.includes("@")) return { reference: image, layers: [], push: async () => 0 };

  const platforms = [...new Set(flags.platform ?? allPlatforms)];
  const { jobServerJar, s3a = true } = flags;
  const { cwd, env } = cli;
  const given = { platforms, s3a, jobServerJar, cwd, env, signal, onProgress };
  const materials = await imageMaterials(given);
  const about = { image, base: flags.base, platforms };
  const plan = planImage({ ...about, ...pipelineMaterial(jar), ...materials });
  const options: BuildOptions = {
    ...buildOptions(cli, signal),
    onProgress,
    awsProfile: flags.awsProfile,
    ...(insecure === undefined ? {} : { insecure }),
  };
  const registries = openRegistries(plan, options);
  const seen = await inspectImage(plan, registries, options);
  return {
    reference: seen.reference,
    layers: layerSteps(seen, registries),
    async push() {
      if (seen.unchanged) return 0;
      return (await buildImage(plan, registries, options)).uploadedBytes;
    },
  };
}

/** The base's layers in one line: people cannot do anything about each. */
function layerSteps({ layers }: BuiltImage, { mountFrom }: ImageRegistries): LayerStep[] {
  const base = layers.filter(({ name }) => name === "base");
  const lacking = base.filter(({ state }) => state === "missing");
  const own = layers.filter(({ name }) => name !== "base");
  return [
    {
      name: `base, ${base.length} layers`,
      size: (lacking.length > 0 ? lacking : base).reduce((sum, { size }) => sum + size, 0),
      state: lacking.length === 0 ? "there" : mountFrom === undefined ? "push" : "mount",
    },
    ...own.map(
      ({ name, platform, size, state }): LayerStep => ({
        name: platform === undefined ? name : `${name} ${platform}`,
        size,
        state: state === "missing" ? "push" : "there",
      }),
    ),
  ];
}
