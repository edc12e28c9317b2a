import { ByteReader } from "../../bytes/byte-reader.js";
import type { Coder } from "../../coders/coder.js";
import { decodeOuter, encodeNested } from "../../coders/contexts.js";
import { globalWindow } from "../../coders/global-window.js";
import { intervalWindow } from "../../coders/interval-window.js";
import type { SideInputPort } from "../../exec/side-inputs/port.js";
import type { Step, StepSideInput } from "../../exec/stage.js";
import { sideInputId } from "../../graph/proto/side-inputs-to-proto.js";
import { internalError } from "../../model/errors.js";
import type { Window } from "../../model/window.js";
import type { StateKey } from "../../proto/gen/fn-execution/state_pb.js";

type SideKey = Extract<StateKey["type"], { case: `${string}SideInput` }>;

export function isSideInput({ type }: StateKey): boolean {
  return type.case?.endsWith("SideInput") ?? false;
}

/**
 * Serves side inputs of the embedded engine as a runner does: encoded, in pages of a few bytes.
 *
 * @param steps - Of the stages that may ask, by transform id.
 */
export function sideInputState(
  steps: ReadonlyMap<string, Step>,
  port: SideInputPort,
  pageBytes = 1 << 20,
): (key: StateKey) => readonly Uint8Array[] {
  return ({ type }) => {
    const key = type as SideKey;
    const { transformId, sideInputId: id, window } = key.value;
    const step = steps.get(transformId);
    if (step === undefined) throw internalError(`No step "${transformId}"`);
    const found = Object.entries(step.sideInputs ?? {}).find(
      ([name]) => sideInputId(step.name, name) === id,
    );
    if (found === undefined) throw internalError(`"${step.name}" has no side input "${id}"`);
    const [name, sideInput] = found;
    const data = port.open(step, name, sideInput).in(windowOf(sideInput, window));
    const { coder } = sideInput;
    const [keyCoder, valueCoder] = coder.components as readonly Coder<unknown>[];
    switch (key.case) {
      case "iterableSideInput":
        return pagesOf(coder, data.elements(), pageBytes);
      case "multimapSideInput":
        if (keyCoder === undefined || valueCoder === undefined) throw internalError("No pairs");
        return pagesOf(
          valueCoder,
          data.valuesOf(keyCoder.decode(new ByteReader(key.value.key))),
          pageBytes,
        );
      case "multimapKeysSideInput":
        if (keyCoder === undefined) throw internalError("No pairs");
        return pagesOf(keyCoder, data.keys(), pageBytes);
      case "multimapKeysValuesSideInput":
        throw internalError("Keys with values are not served");
    }
  };
}

function windowOf({ windowing }: StepSideInput, bytes: Uint8Array): Window {
  return windowing.windowFn.kind === "global"
    ? decodeOuter(globalWindow, new ByteReader(bytes))
    : decodeOuter(intervalWindow, new ByteReader(bytes));
}

function pagesOf(
  coder: Coder<unknown>,
  values: Iterable<unknown>,
  pageBytes: number,
): readonly Uint8Array[] {
  const all = Buffer.concat([...values].map((value) => encodeNested(coder, value)));
  const pages: Uint8Array[] = [];
  // At least one page, also of nothing.
  for (let at = 0; at === 0 || at < all.length; at += pageBytes) {
    pages.push(all.subarray(at, at + pageBytes));
  }
  return pages;
}
