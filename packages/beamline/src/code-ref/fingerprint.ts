import { createHash } from "node:crypto";
import { type Graph, inputsOf, outputsOf, type TransformNode } from "../graph/nodes.js";
import { BeamlineError } from "../model/errors.js";
import { stableText } from "./stable-text.js";

/**
 * What two builds of one pipeline must agree on, transform by transform: its kind, its wiring and
 * the parameters it was made with, as a short hash by name.
 */
export type Fingerprint = Readonly<Record<string, string>>;

export function fingerprintOf(graph: Graph): Fingerprint {
  const entries: [string, string][] = [];
  for (const node of graph.transforms.values()) entries.push([node.name, hashOf(node)]);
  return Object.fromEntries(entries);
}

function hashOf(node: TransformNode): string {
  const outputs = node.kind === "composite" ? node.outputs : Object.entries(outputsOf(node));
  const detail =
    node.kind === "parDo" ? node.fn.kind : node.kind === "combineStep" ? node.step : "";
  const beside = node.kind === "parDo" ? Object.entries(node.sideInputs) : [];
  const text = stableText([node.kind, detail, inputsOf(node), outputs, node.parameters, beside]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/** Refuses a graph that another build does not match, naming the first transform that differs. */
export function requireSameFingerprint(expected: Fingerprint, actual: Fingerprint): void {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const name of names) {
    const isExpected = Object.hasOwn(expected, name);
    const isActual = Object.hasOwn(actual, name);
    if (isExpected && isActual && expected[name] === actual[name]) continue;
    const how = !isActual
      ? "is missing from the worker's graph"
      : !isExpected
        ? "is only in the worker's graph"
        : "was made with other parameters in the worker";
    throw new BeamlineError(
      "GRAPH_MISMATCH",
      `Cannot run the pipeline in a worker: build() gave another graph there, and "${name}" ${how}; take what changes from run to run (the clock, random numbers, environment variables, files read in build()) out of build() and pass it as an option`,
    );
  }
}
