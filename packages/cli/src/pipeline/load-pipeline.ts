import type { PipelineDefinition } from "beamline";
import { stopBundler } from "../bundle/build-bundle.js";
import { bundlePipeline, type PipelineBundle } from "../bundle/bundle-pipeline.js";
import { localProfile } from "../bundle/profile.js";
import { UsageError } from "../command/usage-error.js";
import { eitherOf } from "../text/names.js";
import { nearest } from "../text/nearest.js";
import type { PipelineFile } from "./pipeline-file.js";
import { UserModuleError } from "./user-module-error.js";

export interface LoadedPipeline {
  readonly definition: PipelineDefinition;
  readonly bundle: PipelineBundle;
}

/**
 * Imports a pipeline file in this process.
 *
 * @throws BundleError when it does not compile, UserModuleError when it throws while it is imported,
 * UsageError when the export is not a pipeline.
 */
export async function loadPipeline(
  source: PipelineFile,
  action: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoadedPipeline> {
  const bundle = await bundlePipeline({ file: source.path, profile: localProfile, env });
  if (!bundle.reused) await stopBundler();
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await import(bundle.url);
  } catch (cause) {
    throw new UserModuleError(source.file, cause);
  }
  return { definition: await definitionIn(exports, source, action), bundle };
}

async function definitionIn(
  exports: Readonly<Record<string, unknown>>,
  { file, exportName }: PipelineFile,
  action: string,
): Promise<PipelineDefinition> {
  const { isPipelineDefinition } = await import("beamline");
  const chosen = exports[exportName];
  if (isPipelineDefinition(chosen)) return chosen;
  const others = Object.keys(exports).filter((name) => isPipelineDefinition(exports[name]));
  const state = stateOf(exportName, Object.hasOwn(exports, exportName));
  throw new UsageError(action, [
    { subject: file, message: `${state}; ${whatToDo(file, exportName, others)}` },
  ]);
}

function stateOf(exportName: string, exists: boolean): string {
  const what = exportName === "default" ? "default export" : `export "${exportName}"`;
  return exists ? `its ${what} is not a pipeline` : `it has no ${what}`;
}

function whatToDo(file: string, exportName: string, others: readonly string[]): string {
  if (others.length === 0) return "write: export default definePipeline({ name, options, build })";
  const near = nearest(exportName, others);
  const forms = (near === undefined ? others : [near]).map((name) =>
    name === "default" ? file : `${file}#${name}`,
  );
  return `it has ${others.length === 1 ? "a pipeline" : "pipelines"} under ${eitherOf(forms)}`;
}
