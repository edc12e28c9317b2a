import type { FlagValues } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";
import type { ThinJar } from "../image/pipeline-jar.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";
import type { deployFlags } from "./deploy-flags.js";
import type { LayerStep } from "./plan-deploy.js";

export interface ImageRequest {
  readonly pipeline: ChosenPipeline;
  readonly jar: ThinJar;
  readonly flags: FlagValues<typeof deployFlags>;
  readonly cli: Cli;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** The image that a deploy runs. */
export interface PreparedImage {
  /** By digest. */
  readonly reference: string;
  readonly layers: readonly LayerStep[];
  /** Sends what the registry lacks. */
  push(): Promise<void>;
}

/** The image that the flags name, or one made of the pipeline. */
export async function prepareImage({ flags }: ImageRequest): Promise<PreparedImage> {
  if (flags.image !== undefined) {
    return { reference: flags.image, layers: [], push: async () => {} };
  }
  throw new UsageError("deploy", [{ subject: "--image", message: "missing" }]);
}
