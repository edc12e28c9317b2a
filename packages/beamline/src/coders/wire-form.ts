import type { Coder } from "./coder.js";
import { lengthPrefix } from "./length-prefix.js";
import { STANDARD_CODERS } from "./registry.js";

/**
 * The coder in the form in which runners of any language can take its values apart: whatever of it
 * is not one of Beam's has a length in front.
 *
 * @param opaque - What stands for a coder that is not Beam's. Default: it, with a length in front.
 */
export function wireForm(
  coder: Coder<unknown>,
  opaque: (coder: Coder<unknown>) => Coder<unknown> = lengthPrefix,
): Coder<unknown> {
  const { urn, components, payload } = coder;
  if (!urn.startsWith("beam:coder:")) return opaque(coder);
  if (components.length === 0 || urn === "beam:coder:length_prefix:v1") return coder;
  const parts = components.map((component) => wireForm(component, opaque));
  return STANDARD_CODERS.coder(urn, parts, payload);
}
