import { create } from "@bufbuild/protobuf";
import type { Coder } from "../../coders/coder.js";
import { type CoderSpec, specFromCoder } from "../../coders/registry.js";
import { functionSpec } from "../../proto/function-spec.js";
import { type Coder as CoderProto, CoderSchema } from "../../proto/gen/pipeline/coder_pb.js";

/** Gives each distinct coder of a pipeline one id. */
export class CoderTable {
  private readonly ids = new Map<string, string>();
  private readonly protos: Record<string, CoderProto> = {};

  private readonly prefix: string;

  /** @param prefix - Of the ids: tells the coders of several tables apart. */
  constructor(prefix = "c") {
    this.prefix = prefix;
  }

  /** The id of a coder, which is added with its components when it is new. */
  idOf(coder: Coder<unknown>): string {
    return this.add(specFromCoder(coder));
  }

  toProto(): Record<string, CoderProto> {
    return this.protos;
  }

  private add({ urn, payload, components }: CoderSpec): string {
    const componentCoderIds = components.map((component) => this.add(component));
    const content = Buffer.from(payload ?? []).toString("base64");
    const key = JSON.stringify([urn, content, componentCoderIds]);
    const present = this.ids.get(key);
    if (present !== undefined) return present;
    const id = `${this.prefix}${this.ids.size}`;
    this.ids.set(key, id);
    this.protos[id] = create(CoderSchema, { spec: functionSpec(urn, payload), componentCoderIds });
    return id;
  }
}
