import type { MessageInitShape } from "@bufbuild/protobuf";
import { bool } from "../../coders/bool.js";
import { bytes } from "../../coders/bytes.js";
import type { Coder } from "../../coders/coder.js";
import { decodeFromBytes, encodeToBytes } from "../../coders/contexts.js";
import { kv } from "../../coders/kv.js";
import { packSpec } from "../../proto/function-spec.js";
import type { FunctionSpec } from "../../proto/gen/pipeline/function-spec_pb.js";
import {
  type TestStreamPayload_EventSchema,
  TestStreamPayloadSchema,
} from "../../proto/gen/pipeline/test-stream_pb.js";
import { exactMillis } from "../../proto/instants.js";
import { primitiveUrns } from "../../proto/urns.js";
import type { TestStreamEvent } from "../nodes.js";

type EventInit = MessageInitShape<typeof TestStreamPayload_EventSchema>;

/**
 * The coder of what a runner plays. It would have to know the coder of our elements to put them on the
 * wire, so they are byte strings to it. The flag behind each says nothing: runners differ in whether
 * the last thing in an element has a length, and a flag needs none.
 */
export const playedCoder = kv(bytes, bool) as Coder<unknown>;

/** The element in what a runner has played. */
export function playedElement(played: unknown, coder: Coder<unknown>): unknown {
  const [encoded] = played as readonly [Uint8Array, boolean];
  return decodeFromBytes(coder, encoded);
}

/**
 * A TestStream as a runner plays it.
 *
 * @param coder - Of its elements.
 * @param coderId - Of {@link playedCoder}.
 */
export function testStreamSpec(
  events: readonly TestStreamEvent[],
  coder: Coder<unknown>,
  coderId: string,
): FunctionSpec {
  return packSpec(primitiveUrns.testStream, TestStreamPayloadSchema, {
    coderId,
    events: events.map((event) => ({ event: eventInit(event, coder) })),
  });
}

function eventInit(event: TestStreamEvent, coder: Coder<unknown>): NonNullable<EventInit["event"]> {
  switch (event.kind) {
    case "elements":
      return {
        case: "elementEvent",
        value: {
          elements: event.elements.map(({ value, timestamp }) => ({
            encodedElement: encodeToBytes(playedCoder, [encodeToBytes(coder, value), true]),
            timestamp: exactMillis(timestamp),
          })),
        },
      };
    case "watermark":
      return { case: "watermarkEvent", value: { newWatermark: exactMillis(event.to) } };
    case "processingTime":
      return { case: "processingTimeEvent", value: { advanceDuration: BigInt(event.by) } };
  }
}
