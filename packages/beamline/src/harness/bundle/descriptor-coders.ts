import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { ParamWindowedValueCoder } from "../../coders/param-windowed-value.js";
import { type CoderRegistry, STANDARD_CODERS } from "../../coders/registry.js";
import { WindowedValueCoder } from "../../coders/windowed-value.js";
import { type Graph, primitivesOf } from "../../graph/nodes.js";
import { restrictionStateCoder } from "../../graph/splittable-coders.js";
import { BeamlineError } from "../../model/errors.js";
import type { ProcessBundleDescriptor } from "../../proto/gen/fn-execution/control_pb.js";
import { coderUrns } from "../../proto/urns.js";
import { type BundleState, StateBackedIterableCoder } from "./state-backed-iterable.js";

/** A coder of elements with their timestamps, windows and panes. */
export type ElementCoder = WindowedValueCoder<unknown> | ParamWindowedValueCoder<unknown>;

/** Makes the coders that descriptors name: standard ones by URN, the user's own from the graph. */
export class DescriptorCoders {
  private readonly registry: CoderRegistry;
  private readonly own: OwnCoders;

  /** @param state - Of the station whose elements the coders read. */
  constructor(own: OwnCoders, state: BundleState) {
    this.own = own;
    this.registry = STANDARD_CODERS.with(coderUrns.stateBackedIterable, ([element = js]) => {
      return new StateBackedIterableCoder(element, state);
    });
  }

  coder(descriptor: ProcessBundleDescriptor, id: string): Coder<unknown> {
    const proto = descriptor.coders[id];
    if (proto?.spec === undefined) throw noSuchCoder(descriptor, id);
    const { urn, payload } = proto.spec;
    if (!this.registry.has(urn)) {
      const own = this.own.get(identity(urn, payload));
      if (own !== undefined) return own;
    }
    const components = proto.componentCoderIds.map((component) =>
      this.coder(descriptor, component),
    );
    return this.registry.coder(urn, components, payload);
  }

  elementCoder(descriptor: ProcessBundleDescriptor, id: string): ElementCoder {
    const coder = this.coder(descriptor, id);
    if (coder instanceof WindowedValueCoder || coder instanceof ParamWindowedValueCoder) {
      return coder;
    }
    throw new BeamlineError(
      "BAD_DESCRIPTOR",
      `Cannot run the stage ${descriptor.id}: the coder of a data port is ${coder.urn}, not a windowed value coder; check the runner's version`,
      { origin: "remote" },
    );
  }
}

/** Coders that only the pipeline's own code can make. */
export type OwnCoders = ReadonlyMap<string, Coder<unknown>>;

export function ownCodersOf(graph: Graph): OwnCoders {
  const found = new Map<string, Coder<unknown>>();
  const visit = (coder: Coder<unknown>) => {
    if (!STANDARD_CODERS.has(coder.urn)) found.set(identity(coder.urn, coder.payload), coder);
    coder.components.forEach(visit);
  };
  for (const { coder } of graph.pcollections.values()) visit(coder);
  for (const node of primitivesOf(graph)) {
    if (node.kind === "parDo" && node.fn.kind === "splittable") {
      visit(restrictionStateCoder(node.fn.make()));
    }
  }
  return found;
}

function identity(urn: string, payload: Uint8Array | undefined): string {
  return `${urn} ${Buffer.from(payload ?? []).toString("base64")}`;
}

function noSuchCoder(descriptor: ProcessBundleDescriptor, id: string): BeamlineError {
  return new BeamlineError(
    "BAD_DESCRIPTOR",
    `Cannot run the stage ${descriptor.id}: it has no coder "${id}"; check the runner's version`,
    { origin: "remote" },
  );
}
