import { type Problem, UsageError } from "../command/usage-error.js";
import type { KubeObject } from "../kube/kube-object.js";
import { applySet } from "./apply-set.js";
import type { ManifestInput } from "./manifest-input.js";
import type { SparkApplication } from "./spark-application.js";
import { strategicMerge } from "./strategic-merge.js";

interface Editable {
  readonly application: SparkApplication;
  readonly support: readonly KubeObject[];
}

/**
 * The manifest with the user's patches, then their sets. A patch is for the application, unless its
 * `kind` names one of the other objects.
 *
 * @throws UsageError with all of them that do not fit.
 */
export function editManifest(
  { application, support }: Editable,
  { patches = [], sets = [] }: Pick<ManifestInput, "patches" | "sets">,
): Editable {
  const problems: Problem[] = [];
  const attempt = <T>(subject: string, current: T, edit: () => T): T => {
    try {
      return edit();
    } catch (error) {
      problems.push({ subject, message: error instanceof Error ? error.message : String(error) });
      return current;
    }
  };
  let edited: Editable = { application, support };
  for (const [index, patch] of patches.entries()) {
    const subject = patches.length === 1 ? "--patch" : `--patch ${index + 1}`;
    edited = attempt(subject, edited, () => applyPatch(edited, patch));
  }
  for (const set of sets) {
    const { application: current } = edited;
    const changed = attempt(`--set ${set.text}`, current, () => applySet(current, set));
    edited = { ...edited, application: changed };
  }
  if (problems.length > 0) throw new UsageError("change the manifest", problems);
  return edited;
}

function applyPatch({ application, support }: Editable, patch: unknown): Editable {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
    throw new Error("is no object; write the fields to change as they are in the manifest");
  }
  const { kind = application.kind }: { kind?: unknown } = patch;
  const fields: object = { ...patch };
  if (kind === application.kind) {
    return { support, application: merged(application, fields) };
  }
  const kinds = support.map((each) => each.kind);
  const index = kinds.indexOf(String(kind));
  if (index < 0) {
    const there = [application.kind, ...kinds].join(", ");
    throw new Error(`is for kind ${String(kind)}, which the manifest has not; it has ${there}`);
  }
  const patched = support.map((each, at) => (at === index ? merged(each, fields) : each));
  return { application, support: patched };
}

/** A patch tells fields apart, and no types: the schema does that, after all edits. */
function merged<T extends KubeObject>(object: T, patch: object): T {
  return strategicMerge(object, patch) as T;
}
