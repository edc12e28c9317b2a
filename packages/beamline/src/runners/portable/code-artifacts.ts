import { fingerprintOf } from "../../code-ref/fingerprint.js";
import { stagedNames, writeJobManifest } from "../../code-ref/job-manifest.js";
import type { Graph } from "../../graph/nodes.js";
import type { Artifact } from "./artifact.js";

export interface ShippedCode {
  /** Built from that same bundle: names of transforms must agree. */
  readonly graph: Graph;
  /** Path of an ES module that imports nothing but Node. */
  readonly bundle: string;
  readonly exportName: string;
  /** As they were given to `toGraph`; they travel as JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Version of Beamline that submits. */
  readonly version: string;
}

/** What workers elsewhere need to run a pipeline's functions: its bundle, and what to build of it. */
export function codeArtifacts(code: ShippedCode): Artifact[] {
  const { graph, bundle, exportName, options, version } = code;
  const manifest = writeJobManifest({
    version: 1,
    beamline: version,
    module: stagedNames.bundle.slice(stagedNames.bundle.lastIndexOf("/") + 1),
    exportName,
    options,
    fingerprint: fingerprintOf(graph),
  });
  return [
    { stagedName: stagedNames.bundle, path: bundle },
    { stagedName: stagedNames.manifest, bytes: new TextEncoder().encode(manifest) },
  ];
}
