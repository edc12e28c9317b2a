import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  BeamFnControl,
  type ProcessBundleDescriptor,
  ProcessBundleDescriptorSchema,
} from "../../proto/gen/fn-execution/control_pb.js";
import { RemoteGrpcPortSchema } from "../../proto/gen/fn-execution/data_pb.js";
import { runnerTransformUrns } from "../../proto/urns.js";
import type { Transport } from "../../transport/transport.js";

/** A stage as far as the harness itself has to know it. */
export interface DescriptorInfo {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Data endpoints by source or sink transform. */
  readonly ports: ReadonlyMap<string, string>;
  readonly stateEndpoint: string | undefined;
  /** Where timers go. Default: where elements do. */
  readonly timerEndpoint: string | undefined;
}

/** Fetches each descriptor once. */
export class DescriptorCache {
  private readonly control: Transport;
  private readonly known = new Map<string, Promise<DescriptorInfo>>();

  constructor(control: Transport) {
    this.control = control;
  }

  get(id: string): Promise<DescriptorInfo> {
    let info = this.known.get(id);
    if (info === undefined) {
      info = this.fetch(id);
      this.known.set(id, info);
      // A failure is not kept: the next bundle asks again.
      info.catch(() => this.known.delete(id));
    }
    return info;
  }

  private async fetch(id: string): Promise<DescriptorInfo> {
    const method = BeamFnControl.method.getProcessBundleDescriptor;
    const descriptor = await this.control.unary(method, { processBundleDescriptorId: id });
    return describe(id, descriptor);
  }
}

function describe(id: string, descriptor: ProcessBundleDescriptor): DescriptorInfo {
  const ports = new Map<string, string>();
  for (const [transform, { spec }] of Object.entries(descriptor.transforms)) {
    if (spec === undefined || !PORTS.has(spec.urn)) continue;
    const { apiServiceDescriptor } = fromBinary(RemoteGrpcPortSchema, spec.payload);
    ports.set(transform, apiServiceDescriptor?.url ?? "");
  }
  const timers = descriptor.timerApiServiceDescriptor?.url;
  const state = descriptor.stateApiServiceDescriptor?.url;
  return {
    id,
    bytes: toBinary(ProcessBundleDescriptorSchema, descriptor),
    ports,
    stateEndpoint: state === "" ? undefined : state,
    timerEndpoint: timers === "" ? undefined : timers,
  };
}

const PORTS: ReadonlySet<string> = new Set(Object.values(runnerTransformUrns));
