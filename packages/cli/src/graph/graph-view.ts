import type { Graph } from "beamline";

type Transforms = Graph["transforms"];
export type TransformNode = Transforms extends ReadonlyMap<string, infer Node> ? Node : never;
type PCollections = Graph["pcollections"];
type PCollectionNode = PCollections extends ReadonlyMap<string, infer Node> ? Node : never;
type Coder = PCollectionNode["coder"];

/** What a transform does, in words of Beam; colours and shapes hang on it. */
export type StepKind = "composite" | "source" | "function" | "shuffle" | "combine" | "flatten";

/** A transform as the drawings need it. */
export interface Step {
  /** Unique, and the same in every drawing of this graph: `t0`, `t1`. */
  readonly id: string;
  /** Its unique name. */
  readonly name: string;
  /** The last part of the name. */
  readonly label: string;
  readonly kind: StepKind;
  /** `ParDo`, `GroupByKey`: what it is called in Beam. */
  readonly word: string;
  readonly children: readonly Step[];
  readonly outputs: readonly Output[];
}

export interface Output {
  readonly id: string;
  /** Absent for the main output. */
  readonly tag?: string;
  readonly coder: string;
}

export interface Edge {
  /** Ids of primitive steps. */
  readonly from: string;
  readonly to: string;
  /** Tag of the output that is read, unless it is the main one. */
  readonly tag?: string;
  readonly coder: string;
}

/** A graph as a forest of steps, and what flows between its primitives. */
export interface GraphView {
  readonly name: string;
  readonly roots: readonly Step[];
  readonly edges: readonly Edge[];
}

export function viewGraph(graph: Graph): GraphView {
  const ids = new Map([...graph.transforms.keys()].map((name, index) => [name, `t${index}`]));
  const idOf = (name: string) => ids.get(name) ?? name;
  const outputsOf = new Map<string, Output[]>();
  for (const { id, producer, tag, coder } of graph.pcollections.values()) {
    const output = { id, coder: coderText(coder), ...(tag === "out" ? {} : { tag }) };
    outputsOf.set(producer, [...(outputsOf.get(producer) ?? []), output]);
  }
  const stepOf = (name: string): Step[] => {
    const node = graph.transforms.get(name);
    if (node === undefined) return [];
    const children = node.kind === "composite" ? node.children.flatMap(stepOf) : [];
    const own = node.kind === "composite" ? outputsAmong(graph, node.outputs) : outputsOf.get(name);
    const label = name.split("/").at(-1) ?? name;
    return [{ id: idOf(name), name, label, ...kindOf(node), children, outputs: own ?? [] }];
  };
  return {
    name: graph.name,
    roots: graph.roots.flatMap(stepOf),
    edges: edgesOf(graph, idOf),
  };
}

function outputsAmong(graph: Graph, ids: readonly string[]): Output[] {
  return ids.flatMap((id) => {
    const found = graph.pcollections.get(id);
    return found === undefined ? [] : [{ id, coder: coderText(found.coder) }];
  });
}

function edgesOf(graph: Graph, idOf: (name: string) => string): Edge[] {
  return [...graph.transforms.values()].flatMap((node) =>
    inputsOf(node).flatMap((id) => {
      const source = graph.pcollections.get(id);
      if (source === undefined) return [];
      const { producer, tag, coder } = source;
      const edge = { from: idOf(producer), to: idOf(node.name), coder: coderText(coder) };
      return [tag === "out" ? edge : { ...edge, tag }];
    }),
  );
}

/** The PCollections that a primitive reads; none for a composite. */
export function inputsOf(node: TransformNode): readonly string[] {
  switch (node.kind) {
    case "composite":
    case "impulse":
    case "testStream":
      return [];
    case "flatten":
      return node.inputs;
    default:
      return [node.input];
  }
}

function kindOf(node: TransformNode): { readonly kind: StepKind; readonly word: string } {
  switch (node.kind) {
    case "composite":
      return { kind: "composite", word: "" };
    case "impulse":
      return { kind: "source", word: "Impulse" };
    case "testStream":
      return { kind: "source", word: "TestStream" };
    case "windowInto":
      return { kind: "function", word: "WindowInto" };
    case "parDo":
      return { kind: "function", word: "ParDo" };
    case "groupByKey":
      return { kind: "shuffle", word: "GroupByKey" };
    case "reshuffle":
      return { kind: "shuffle", word: "Reshuffle" };
    case "flatten":
      return { kind: "flatten", word: "Flatten" };
    case "combineStep":
      return { kind: "combine", word: "Combine" };
  }
}

/** `kv<string_utf8, varint>` of `beam:coder:kv:v1` and its components. */
export function coderText(coder: Coder): string {
  const name = coder.urn.replace(/^(beam|beamline):coder:/, "").replace(/:v\d+$/, "");
  if (coder.components.length === 0) return name;
  return `${name}<${coder.components.map(coderText).join(", ")}>`;
}
