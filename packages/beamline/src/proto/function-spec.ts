import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { type FunctionSpec, FunctionSpecSchema } from "./gen/pipeline/function-spec_pb.js";

/** A FunctionSpec without a payload, or with bytes as they are. */
export function functionSpec(urn: string, payload?: Uint8Array): FunctionSpec {
  return create(FunctionSpecSchema, payload === undefined ? { urn } : { urn, payload });
}

/** A FunctionSpec whose payload is a message: `packSpec(urn, ParDoPayloadSchema, { doFn })`. */
export function packSpec<Desc extends DescMessage>(
  urn: string,
  schema: Desc,
  payload: MessageInitShape<Desc>,
): FunctionSpec {
  return functionSpec(urn, toBinary(schema, create(schema, payload)));
}

/** The payload of a FunctionSpec as a message. Which message it is must be known from its URN. */
export function unpackSpec<Desc extends DescMessage>(
  spec: FunctionSpec,
  schema: Desc,
): MessageShape<Desc> {
  return fromBinary(schema, spec.payload);
}
