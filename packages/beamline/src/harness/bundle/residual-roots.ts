import { ByteWriter } from "../../bytes/byte-writer.js";
import { ParamWindowedValueCoder } from "../../coders/param-windowed-value.js";
import type { Residual } from "../../exec/residual.js";
import type { ElementMeta } from "../../model/element-meta.js";
import { internalError } from "../../model/errors.js";
import { MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";
import type { ElementCoder } from "./descriptor-coders.js";
import type { DelayedRoot, RootElement } from "./messages.js";

/** A splittable DoFn's step in a stage: what its restrictions go back to the runner as. */
export interface RootPort {
  readonly step: string;
  readonly transform: string;
  readonly input: string;
  /** Undefined where the runner has not said how its input is encoded. */
  readonly coder: ElementCoder | undefined;
  /** The runner's names of its outputs. */
  readonly outputs: readonly string[];
  readonly isBounded: boolean;
}

/** A sized restriction in the wire form of the step's input. */
export function rootElement(port: RootPort, value: unknown, meta: ElementMeta): RootElement {
  const { coder, transform, input } = port;
  if (coder === undefined) throw internalError(`The input of "${port.step}" has no coder`);
  const out = new ByteWriter(256);
  if (!(coder instanceof ParamWindowedValueCoder)) coder.encodeMeta(meta, out);
  coder.value.encode(value, out);
  return { transform, input, element: out.toBytes() };
}

/** The same for what waits: how long, and what the output watermark may be meanwhile. */
export function delayedRoot(
  port: RootPort,
  { value, meta, resumeAfterMs, watermark }: Omit<Residual, "step">,
): DelayedRoot {
  return {
    ...rootElement(port, value, meta),
    delayMs: resumeAfterMs,
    watermarks: watermarksOf(port, watermark ?? meta.timestamp),
    isBounded: port.isBounded,
  };
}

function watermarksOf({ outputs }: RootPort, watermark: Timestamp) {
  // The runner takes none for the beginning of time.
  if (watermark <= MIN_TIMESTAMP) return {};
  return Object.fromEntries(outputs.map((output) => [output, watermark]));
}
