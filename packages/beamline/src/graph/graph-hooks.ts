import { BeamlineError } from "../model/errors.js";
import type { Graph } from "./nodes.js";
import type { RunHooks } from "./run-hooks.js";

/** The hooks of a graph's connectors, run together. */
export interface GraphHooks {
  /** Runs every check, then throws what all of them found as one error. */
  check(): Promise<void>;
  prepare(): Promise<void>;
  /** Never throws: it runs when something else has failed already. */
  abandon(): Promise<void>;
}

export function hooksOf(graph: Graph): GraphHooks {
  const hooks: RunHooks[] = [];
  const checks: (() => Promise<void>)[] = [];
  for (const node of graph.transforms.values()) {
    if (node.kind !== "composite" || node.hooks === undefined) continue;
    const { name, hooks: own } = node;
    hooks.push(own);
    checks.push(async () => {
      try {
        await own.check?.();
      } catch (error) {
        throw naming(name, error);
      }
    });
  }
  return {
    async check() {
      const results = await Promise.allSettled(checks.map((check) => check()));
      throwTogether(results.flatMap((r) => (r.status === "rejected" ? [r.reason] : [])));
    },
    async prepare() {
      for (const hook of hooks) await hook.prepare?.();
    },
    async abandon() {
      await Promise.allSettled(hooks.map(async (hook) => await hook.abandon?.()));
    },
  };
}

/** The same error, with the transform that it is about. */
function naming(transform: string, error: unknown): unknown {
  if (!(error instanceof BeamlineError)) return error;
  const { code, message, origin, cause } = error;
  const named = message.replace(/$/m, ` (transform "${transform}")`);
  return new BeamlineError(code, named, { origin, cause });
}

function throwTogether(errors: readonly unknown[]): void {
  const [first, ...rest] = errors;
  if (errors.length === 0) return;
  if (rest.length === 0) throw first;
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  throw new BeamlineError(
    "CHECKS_FAILED",
    `Cannot start the job: ${errors.length} checks failed\n${messages.map((m) => `  - ${m}`).join("\n")}`,
    { cause: new AggregateError(errors, "checks failed") },
  );
}
