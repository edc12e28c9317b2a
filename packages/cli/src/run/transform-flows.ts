import type { Graph } from "beamline";
import type { TransformCount } from "beamline/runners/local";
import { inputsOf } from "../graph/graph-view.js";

/** What went into one of the outermost transforms and what came out of it. */
export interface TransformFlow {
  readonly transform: string;
  /** Elements from other transforms; undefined for a source, and where nobody counted. */
  readonly read: number | undefined;
  /** Elements that other transforms got; undefined where there are none, or nobody counted. */
  readonly made: number | undefined;
  readonly isSource: boolean;
}

/** Sums the counts of all steps up to the outermost transforms, in pipeline order. */
export function transformFlows(graph: Graph, counts: readonly TransformCount[]): TransformFlow[] {
  const elements = new Map(counts.map((count) => [count.transform, count.elements]));
  const crossings = crossingsOf(graph);
  return graph.roots.map((root) => {
    const incoming = crossings.filter(({ to }) => to === root);
    const outgoing = crossings.filter(({ from }) => from === root);
    // A PCollection that several transforms read was made once.
    const made = [...new Set(outgoing.map(({ pcollection }) => pcollection))].map((id) =>
      outgoing
        .filter(({ pcollection, alone }) => pcollection === id && alone)
        .map(({ reader }) => elements.get(reader))
        .find((count) => count !== undefined),
    );
    const readers = [...new Set(incoming.map(({ reader }) => reader))];
    return {
      transform: root,
      read: sumOf(readers.map((reader) => elements.get(reader))),
      made: sumOf(made),
      isSource: incoming.length === 0,
    };
  });
}

interface Crossing {
  readonly pcollection: string;
  /** Outermost transforms. */
  readonly from: string;
  readonly to: string;
  /** The primitive that reads it, and whether it reads nothing else. */
  readonly reader: string;
  readonly alone: boolean;
}

/** Every PCollection that leads from one outermost transform into another. */
function crossingsOf(graph: Graph): Crossing[] {
  return [...graph.transforms.values()].flatMap((node) => {
    const inputs = inputsOf(node);
    return inputs.flatMap((pcollection) => {
      const producer = graph.pcollections.get(pcollection)?.producer ?? "";
      const [from, to] = [rootOf(producer), rootOf(node.name)];
      const alone = inputs.length === 1;
      return from === to ? [] : [{ pcollection, from, to, reader: node.name, alone }];
    });
  });
}

function rootOf(transform: string): string {
  return transform.split("/")[0] ?? transform;
}

function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  if (counts.length === 0) return undefined;
  let sum = 0;
  for (const count of counts) {
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}
