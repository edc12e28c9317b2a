import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { PipelineDefinition } from "beamline";
import { stopBundler } from "../bundle/build-bundle.js";
import { BundleError, type BundleProblem } from "../bundle/bundle-error.js";
import { bundlePipeline, type PipelineBundle } from "../bundle/bundle-pipeline.js";
import { packageFolder } from "../bundle/package-of.js";
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
    const problem = await missingExport(cause);
    if (problem !== undefined) throw new BundleError(source.path, [problem]);
    throw new UserModuleError(source.file, cause);
  }
  return { definition: await definitionIn(exports, source, action), bundle };
}

/** A module that is imported as it is installed lacks what the file wants of it. */
async function missingExport(cause: unknown): Promise<BundleProblem | undefined> {
  if (!(cause instanceof SyntaxError)) return undefined;
  const pattern = /requested module '(.*)' does not provide an export named '(.*)'/;
  const [, url, name] = pattern.exec(cause.message) ?? [];
  if (url === undefined || name === undefined) return undefined;
  const folder = url.startsWith("file:") ? packageFolder(fileURLToPath(url)) : undefined;
  const module = folder === undefined ? url : basename(folder);
  const exports: Readonly<Record<string, unknown>> = await import(url);
  const near = nearest(name, Object.keys(exports));
  return {
    message: `"${module}" has no export "${name}"`,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  };
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
