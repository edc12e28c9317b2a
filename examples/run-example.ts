import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDefinition } from "beamline";
import { type LocalRunResult, runLocal } from "beamline/runners/local";

export interface ExampleRun {
  readonly result: LocalRunResult;
  /** The lines of all output files whose name begins with `prefix`, sorted. */
  lines(prefix: string): Promise<string[]>;
}

/**
 * Runs an example on files made for it, everything encoded at every edge, and hands the outcome to
 * `look` before the folder goes.
 *
 * @param options - Makes the pipeline's options from the folder's path.
 */
export async function runExample(
  pipeline: PipelineDefinition,
  files: Readonly<Record<string, string>>,
  options: (folder: string) => Record<string, unknown>,
  look: (run: ExampleRun, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "beamline-example-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const graph = pipeline.toGraph(options(folder));
    const result = await runLocal(graph, { strictEncoding: true });
    await look({ result, lines: (prefix) => linesOf(folder, prefix) }, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function linesOf(folder: string, prefix: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.flatMap((text) => text.split("\n").slice(0, -1)).sort();
}
