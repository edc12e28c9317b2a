import { BeamlineError } from "../../../model/errors.js";
import type { Pipeline } from "../../../proto/gen/pipeline/pipeline_pb.js";
import type { CapabilityRule } from "./capability-rule.js";
import type { FeatureUse } from "./feature.js";
import { featuresOf, isUnbounded } from "./features-of.js";

/** A use of something that the runner does not do. */
export interface CapabilityProblem {
  readonly use: FeatureUse;
  readonly rule: CapabilityRule;
}

/**
 * Compares what a pipeline asks for with what its runner does. Throws `UNSUPPORTED_BY_RUNNER`, which
 * lists everything that is refused; returns a sentence for each thing that is merely ignored.
 */
export function checkCapabilities(
  pipeline: Pipeline,
  runner: { readonly title: string; readonly rules: readonly CapabilityRule[] },
): string[] {
  const problems = problemsOf(pipeline, runner.rules);
  const refused = problems.filter(({ rule }) => rule.verdict === "refused");
  if (refused.length > 0) throw unsupported(runner.title, refused);
  return problems.map(
    ({ use, rule }) => `${quote(use)}: ${rule.reason} on ${runner.title}; ${rule.instead}`,
  );
}

function problemsOf(pipeline: Pipeline, rules: readonly CapabilityRule[]): CapabilityProblem[] {
  const uses = featuresOf(pipeline);
  const test = uses.some(({ feature }) => feature === "test-stream");
  const kind = { unbounded: isUnbounded(pipeline), test };
  return uses.flatMap((use) =>
    rules
      .filter(({ feature, when }) => feature === use.feature && (when?.(use, kind) ?? true))
      .map((rule) => ({ use, rule })),
  );
}

function unsupported(title: string, problems: readonly CapabilityProblem[]): BeamlineError {
  const things = problems.length === 1 ? "one thing" : `${problems.length} things`;
  const lines = problems.map(
    ({ use, rule }) => `  - ${quote(use)}: ${rule.reason}; ${rule.instead}`,
  );
  return new BeamlineError(
    "UNSUPPORTED_BY_RUNNER",
    `Cannot run the pipeline on ${title}: it asks for ${things} that ${title} does not do; change it as follows, or choose another runner\n${lines.join("\n")}`,
  );
}

function quote({ transform, detail }: FeatureUse): string {
  return detail === undefined ? `"${transform}"` : `"${transform}", ${detail}`;
}
