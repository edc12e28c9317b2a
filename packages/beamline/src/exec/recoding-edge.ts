import { ByteReader } from "../bytes/byte-reader.js";
import { ByteWriter } from "../bytes/byte-writer.js";
import type { PCollectionId } from "../graph/nodes.js";
import { internalError } from "../model/errors.js";
import type { Receive } from "./receive.js";
import type { Stage } from "./stage.js";
import { userCodeError } from "./user-code-error.js";

/**
 * An edge that hands on a decoded copy of each element, as an edge between machines would: what
 * does not survive its coder shows at once, and a step that changes its input changes a copy.
 */
export function recodingEdge(stage: Stage, pcollection: PCollectionId, next: Receive): Receive {
  const coder = stage.coders.get(pcollection);
  if (coder === undefined) throw internalError(`"${pcollection}" has no coder`);
  const producer = pcollection.slice(0, pcollection.lastIndexOf("."));
  const scratch = new ByteWriter(256);
  return (value, meta) => {
    let copy: unknown;
    try {
      scratch.reset();
      coder.encode(value, scratch);
      // A copy of their own: what is decoded may be views of these bytes.
      const reader = new ByteReader(scratch.toBytes());
      copy = coder.decode(reader);
      if (reader.remaining > 0) {
        throw internalError(`${coder.urn} left ${reader.remaining} bytes of its own encoding`);
      }
    } catch (cause) {
      throw userCodeError(producer, cause, value);
    }
    next(copy, meta);
  };
}
