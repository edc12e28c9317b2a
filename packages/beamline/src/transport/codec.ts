import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { decodeElements, type ElementsFrame, encodeElements } from "../proto/elements-codec.js";
import type { Elements } from "../proto/gen/fn-execution/data_pb.js";

/** What a caller hands over to be sent: a message, or as much of it as is set. */
export type Sent<Desc extends DescMessage> =
  MessageShape<Desc> extends Elements ? ElementsFrame : MessageInitShape<Desc>;

/** What arrives. `Elements` come as plain frames, whose payloads are views. */
export type Received<Desc extends DescMessage> =
  MessageShape<Desc> extends Elements ? ElementsFrame : MessageShape<Desc>;

export interface MessageCodec<Desc extends DescMessage> {
  encode(message: Sent<Desc>): Buffer;
  decode(bytes: Buffer): Received<Desc>;
}

const ELEMENTS: Elements["$typeName"] = "org.apache.beam.model.fn_execution.v1.Elements";

/** The codec of a message: the generated one, but for `Elements` the hand-written one. */
export function codecOf<Desc extends DescMessage>(desc: Desc): MessageCodec<Desc> {
  // The conditional types above say the same as this test, which the compiler cannot see.
  const codec: unknown = desc.typeName === ELEMENTS ? elementsCodec : generatedCodec(desc);
  return codec as MessageCodec<Desc>;
}

const elementsCodec = { encode: encodeElements, decode: decodeElements };

function generatedCodec<Desc extends DescMessage>(desc: Desc) {
  return {
    encode(message: MessageInitShape<Desc>): Buffer {
      const bytes = toBinary(desc, create(desc, message));
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    decode: (bytes: Buffer): MessageShape<Desc> => fromBinary(desc, bytes),
  };
}
