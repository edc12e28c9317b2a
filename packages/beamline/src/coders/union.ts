import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { BeamlineError } from "../model/errors.js";
import type { Coder } from "./coder.js";

/** A value and which of several kinds it is of, counted from 0. */
export type Tagged = readonly [tag: number, value: unknown];

/** The coder of {@link Tagged} values: the tag as a varint, then the value in the tag's own coder. */
export class UnionCoder implements Coder<Tagged> {
  readonly urn = UNION_URN;
  readonly components: readonly Coder<unknown>[];
  readonly deterministic: boolean;

  constructor(components: readonly Coder<unknown>[]) {
    this.components = components;
    this.deterministic = components.every(({ deterministic }) => deterministic);
  }

  encode([tag, value]: Tagged, out: ByteWriter): void {
    out.writeVarint(tag);
    this.at(tag).encode(value, out);
  }

  decode(input: ByteReader): Tagged {
    const tag = input.readVarint();
    return [tag, this.at(tag).decode(input)];
  }

  private at(tag: number): Coder<unknown> {
    const coder = this.components[tag];
    if (coder !== undefined) return coder;
    throw new BeamlineError(
      "CORRUPT_BYTES",
      `Cannot code a tagged value: its tag is ${tag} and there are ${this.components.length}; make sure that reader and writer use the same coder`,
    );
  }
}

export const UNION_URN = "beamline:coder:union:v1";

/** Values of several kinds, each in the coder of its kind. */
export function union(components: readonly Coder<unknown>[]): UnionCoder {
  return new UnionCoder(components);
}
