import { stringify } from "yaml";
import type { KubeObject } from "../kube/kube-object.js";

/** Objects as one YAML text, a document each: what `kubectl apply -f` and GitOps tools take. */
export function renderYaml(objects: readonly KubeObject[]): string {
  return objects
    .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n");
}
