import { expect, test } from "vitest";
import { functionSpec, packSpec, unpackSpec } from "./function-spec.js";
import { ParDoPayloadSchema } from "./gen/pipeline/transforms_pb.js";
import { beamlineUrns, primitiveUrns } from "./urns.js";

test("unpackSpec + reads the message that packSpec wrote", () => {
  const spec = packSpec(primitiveUrns.parDo, ParDoPayloadSchema, {
    doFn: functionSpec(beamlineUrns.doFn, Uint8Array.of(1, 2)),
    requestsFinalization: true,
  });
  expect(spec.urn).toBe("beam:transform:pardo:v1");
  const payload = unpackSpec(spec, ParDoPayloadSchema);
  expect(payload.requestsFinalization).toBe(true);
  expect(payload.doFn?.payload).toEqual(Uint8Array.of(1, 2));
});

test("functionSpec + has an empty payload unless given one", () => {
  expect(functionSpec("urn").payload).toHaveLength(0);
});
