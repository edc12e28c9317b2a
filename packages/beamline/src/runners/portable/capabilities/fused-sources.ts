import { unpackSpec } from "../../../proto/function-spec.js";
import type { Components, PTransform } from "../../../proto/gen/pipeline/pipeline_pb.js";
import { ParDoPayloadSchema } from "../../../proto/gen/pipeline/transforms_pb.js";
import { primitiveUrns } from "../../../proto/urns.js";

/** What a runner fuses with what comes before it. */
const FUSIBLE: ReadonlySet<string> = new Set([
  primitiveUrns.parDo,
  primitiveUrns.flatten,
  primitiveUrns.assignWindows,
]);

/** Whether a transform is a splittable DoFn, or runs in one bundle with one that it reads from. */
export function isFusedWithSource(transform: PTransform, components: Components): boolean {
  const { spec } = transform;
  if (spec === undefined || !FUSIBLE.has(spec.urn)) return false;
  if (spec.urn === primitiveUrns.parDo) {
    const { restrictionCoderId } = unpackSpec(spec, ParDoPayloadSchema);
    if (restrictionCoderId !== "") return true;
  }
  return Object.values(transform.inputs).some((input) => {
    const producer = producerOf(input, components);
    return producer !== undefined && isFusedWithSource(producer, components);
  });
}

/** A composite that runners know, such as a reshuffle, makes what its last part makes. */
function producerOf(pcollection: string, { transforms }: Components): PTransform | undefined {
  const makers = Object.values(transforms).filter(({ outputs }) =>
    Object.values(outputs).includes(pcollection),
  );
  const known = makers.find(({ subtransforms, spec }) => subtransforms.length > 0 && spec?.urn);
  return known ?? makers.find(({ subtransforms }) => subtransforms.length === 0);
}
