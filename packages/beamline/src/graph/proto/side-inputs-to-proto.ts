import type { MessageInitShape } from "@bufbuild/protobuf";
import { functionSpec } from "../../proto/function-spec.js";
import type { SideInputSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import { beamlineUrns, sideInputUrns } from "../../proto/urns.js";
import type { ParDoNode, PCollectionId } from "../nodes.js";
import { accessPatternOf } from "../side-input.js";
import { encodeFunctionPayload } from "./function-payload.js";

/**
 * The local name of a side input in Beam's protos. It is unique in the pipeline: Flink keeps the
 * side inputs of a whole stage under their local names.
 */
export function sideInputId(transform: string, name: string): string {
  return `${transform}.side.${name}`;
}

/** Inputs that a transform reads from the side, by local name. */
export function sideInputIdsOf({ name, sideInputs }: ParDoNode): Record<string, PCollectionId> {
  return Object.fromEntries(
    Object.entries(sideInputs).map(([local, { pcollection }]) => [
      sideInputId(name, local),
      pcollection,
    ]),
  );
}

/** How a transform looks at its side inputs; view and mapping are found by its own `payload`. */
export function sideInputSpecsOf(
  { name, sideInputs }: ParDoNode,
  payload: Uint8Array,
): Record<string, MessageInitShape<typeof SideInputSchema>> {
  return Object.fromEntries(
    Object.entries(sideInputs).map(([local, { view }]) => [
      sideInputId(name, local),
      {
        accessPattern: functionSpec(sideInputUrns[accessPatternOf(view)]),
        viewFn: functionSpec(beamlineUrns.viewFn, payload),
        windowMappingFn: functionSpec(
          beamlineUrns.windowMappingFn,
          encodeFunctionPayload({ transform: name, sideInput: local }),
        ),
      },
    ]),
  );
}
