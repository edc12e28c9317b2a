import type { CodeReference } from "../code-ref/code-reference.js";
import type { Fingerprint } from "../code-ref/fingerprint.js";
import type { Graph } from "../graph/nodes.js";

/** Where a worker gets the functions of a pipeline from, and with it where bundles run. */
export type CodeSource =
  /** A graph of this process (LOOPBACK, pipelines built inline): bundles run on this thread. */
  | { readonly kind: "graph"; readonly graph: Graph }
  /** A module that worker threads import: bundles run there. */
  | { readonly kind: "module"; readonly code: CodeReference; readonly fingerprint: Fingerprint };

/** Code that cannot be loaded. The worker serves only to tell the runner so. */
export interface UnloadableCode {
  readonly kind: "unloadable";
  readonly cause: unknown;
}
