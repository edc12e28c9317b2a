import { clone, create } from "@bufbuild/protobuf";
import { functionSpec, unpackSpec } from "../../proto/function-spec.js";
import { type Coder, CoderSchema } from "../../proto/gen/pipeline/coder_pb.js";
import {
  type Components,
  type PCollection,
  PCollectionSchema,
  type Pipeline,
  PipelineSchema,
  type PTransform,
  PTransformSchema,
} from "../../proto/gen/pipeline/pipeline_pb.js";
import { ParDoPayloadSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import { coderUrns, compositeUrns, primitiveUrns, splittableParDoUrns } from "../../proto/urns.js";
import { addUnder } from "./add-under.js";

/**
 * Replaces each splittable ParDo by its steps, with a shuffle in their middle: pair with a
 * restriction, split, **reshuffle**, process. Runners that fuse what they can would otherwise split
 * and process in the same task, so that a source were read by one core. Returns another pipeline.
 */
export function expandSplittable(pipeline: Pipeline): Pipeline {
  const expanded = clone(PipelineSchema, pipeline);
  const { components } = expanded;
  if (components === undefined) return expanded;
  for (const [id, transform] of Object.entries(components.transforms)) {
    if (transform.spec?.urn !== primitiveUrns.parDo) continue;
    const { restrictionCoderId, sideInputs } = unpackSpec(transform.spec, ParDoPayloadSchema);
    if (restrictionCoderId === "") continue;
    const main = Object.entries(transform.inputs).find(([name]) => !(name in sideInputs));
    if (main === undefined) continue;
    new Expansion(components, id, transform, main).apply(restrictionCoderId);
  }
  return expanded;
}

class Expansion {
  private readonly components: Components;
  private readonly id: string;
  private readonly transform: PTransform;
  private readonly inputName: string;
  private readonly input: string;

  constructor(
    components: Components,
    id: string,
    transform: PTransform,
    [inputName, input]: readonly [string, string],
  ) {
    this.components = components;
    this.id = id;
    this.transform = transform;
    this.inputName = inputName;
    this.input = input;
  }

  apply(restrictionCoderId: string): void {
    const element = this.components.pcollections[this.input]?.coderId ?? "";
    const size = this.addCoder("size", coderUrns.double);
    const restricted = this.addCoder("restricted", coderUrns.kv, element, restrictionCoderId);
    const sized = this.addCoder("sized", coderUrns.kv, restricted, size);

    const pairs = this.addPCollection("Pair", restricted);
    const splits = this.addPCollection("Split", sized);
    const spread = this.addPCollection("Spread", sized);
    const children = [
      this.addStep("Pair", splittableParDoUrns.pairWithRestriction, this.input, { out: pairs }),
      this.addStep("Split", splittableParDoUrns.splitAndSizeRestrictions, pairs, { out: splits }),
      this.addReshuffle("Spread", splits, spread),
      this.addStep(
        "Process",
        splittableParDoUrns.processSizedElementsAndRestrictions,
        spread,
        this.transform.outputs,
      ),
    ];
    const { uniqueName, inputs, outputs, displayData } = this.transform;
    this.components.transforms[this.id] = create(PTransformSchema, {
      uniqueName,
      inputs,
      outputs,
      displayData,
      subtransforms: children,
    });
  }

  private addCoder(name: string, urn: string, ...componentCoderIds: string[]): string {
    const coder: Coder = create(CoderSchema, { spec: functionSpec(urn), componentCoderIds });
    return addUnder(this.components.coders, `${this.id}/${name}`, coder);
  }

  private addPCollection(part: string, coderId: string): string {
    const input = this.components.pcollections[this.input];
    const pcollection: PCollection = create(PCollectionSchema, {
      uniqueName: `${this.transform.uniqueName}/${part}.out`,
      coderId,
      isBounded: input?.isBounded ?? 0,
      windowingStrategyId: input?.windowingStrategyId ?? "",
    });
    return addUnder(this.components.pcollections, `${this.id}/${part}.out`, pcollection);
  }

  /** Side inputs go to every step, as the user's code may look at them in each. */
  private addStep(
    part: string,
    urn: string,
    input: string,
    outputs: Readonly<Record<string, string>>,
  ): string {
    const { uniqueName, spec, inputs, environmentId } = this.transform;
    const step = create(PTransformSchema, {
      uniqueName: `${uniqueName}/${part}`,
      spec: functionSpec(urn, spec?.payload),
      inputs: { ...inputs, [this.inputName]: input },
      outputs: { ...outputs },
      environmentId,
    });
    return addUnder(this.components.transforms, `${this.id}/${part}`, step);
  }

  private addReshuffle(part: string, input: string, output: string): string {
    const reshuffle = create(PTransformSchema, {
      uniqueName: `${this.transform.uniqueName}/${part}`,
      spec: functionSpec(compositeUrns.reshuffle),
      inputs: { in0: input },
      outputs: { out: output },
    });
    return addUnder(this.components.transforms, `${this.id}/${part}`, reshuffle);
  }
}
