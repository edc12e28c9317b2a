import type { z } from "zod";
import type { Graph } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";
import { Pipeline } from "./pipeline.js";

/** An object schema: its properties become the pipeline's options and the CLI's flags. */
export type OptionsSchema = z.ZodObject;

export interface PipelineSpec<Schema extends OptionsSchema> {
  /** Names the job; letters, digits and dashes. */
  readonly name: string;
  /** A sentence for `--help`. */
  readonly description?: string;
  /** Default: no options. */
  readonly options?: Schema;
  /**
   * Applies the transforms. It must build the same graph for the same options, wherever it runs:
   * workers call it again to find the functions. No I/O, no clock, no randomness.
   */
  build(p: Pipeline, options: z.output<Schema>): void;
}

/** A pipeline that can be built again and again: what a pipeline file exports by default. */
export interface PipelineDefinition<Schema extends OptionsSchema = OptionsSchema> {
  readonly kind: "pipeline-definition";
  readonly name: string;
  readonly description: string | undefined;
  readonly options: Schema | undefined;
  /** Validates the options and builds the graph; reports every wrong option at once. */
  toGraph(options?: z.input<Schema>): Graph;
}

/**
 * Defines a pipeline: a name, its options, and the function that applies the transforms.
 *
 * @example
 * ```ts
 * export default definePipeline({
 *   name: "shout",
 *   options: z.object({ input: z.string(), output: z.string() }),
 *   build(p, { input, output }) {
 *     p.apply(text.read(input))
 *       .map((line) => line.toUpperCase())
 *       .apply(text.write(output));
 *   },
 * });
 * ```
 */
export function definePipeline<Schema extends OptionsSchema>(
  spec: PipelineSpec<Schema>,
): PipelineDefinition<Schema> {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(spec.name)) {
    throw new BeamlineError(
      "BAD_PIPELINE_NAME",
      `Cannot define the pipeline ${JSON.stringify(spec.name)}: a name starts with a letter and has only letters, digits and dashes; rename it`,
    );
  }
  if (typeof spec.build !== "function") {
    throw new BeamlineError(
      "NOT_A_FUNCTION",
      `Cannot define the pipeline "${spec.name}": it has no build function; give it one that applies the transforms`,
    );
  }
  return Object.freeze({
    kind: "pipeline-definition" as const,
    name: spec.name,
    description: spec.description,
    options: spec.options,
    toGraph(options?: z.input<Schema>): Graph {
      const pipeline = new Pipeline(spec.name);
      const result: unknown = spec.build(pipeline, parseOptions(spec, options ?? {}));
      if (result instanceof Promise) {
        result.catch(() => undefined);
        throw new BeamlineError(
          "ASYNC_BUILD",
          `Cannot build "${spec.name}": build() is asynchronous, and what it applies after an await would be missing; make it synchronous and do the waiting in a transform such as mapAsync()`,
        );
      }
      return pipeline.toGraph();
    },
  });
}

function parseOptions<Schema extends OptionsSchema>(
  spec: PipelineSpec<Schema>,
  options: unknown,
): z.output<Schema> {
  if (spec.options === undefined) return {} as z.output<Schema>;
  const result = spec.options.safeParse(options);
  if (result.success) return result.data;
  const issues = result.error.issues.map(
    (issue) => `${issue.path.join(".") || "options"}: ${issue.message}`,
  );
  throw new BeamlineError(
    "BAD_OPTIONS",
    `Cannot build "${spec.name}": ${issues.join("; ")}; correct the options`,
    { cause: result.error },
  );
}

/** Whether a module's export is a pipeline, made by this or another copy of the library. */
export function isPipelineDefinition(value: unknown): value is PipelineDefinition {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as { kind?: unknown }).kind === "pipeline-definition"
  );
}
