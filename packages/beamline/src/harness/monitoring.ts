import { ByteWriter } from "../bytes/byte-writer.js";
import { type MonitoringInfoSpec, monitoringInfoSpecs } from "../proto/monitoring-infos.js";

import type { BundleCounts, Distribution } from "./bundle/messages.js";
import { userMetricPayloads } from "./user-metrics.js";

/** Namespace of the counters that user functions make with `ctx.counter(name)`. */
export const USER_NAMESPACE = "beamline";

/** A measured value as Beam's MonitoringInfo has it. */
export interface Measurement {
  readonly urn: string;
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** What a bundle has counted, as Beam's metrics. */
export function measurementsOf(counts: BundleCounts): Measurement[] {
  const { elementCount, sampledByteSize, dataChannelReadIndex, totalMsecs, userSumInt64 } =
    monitoringInfoSpecs;
  const found: Measurement[] = [];
  const add = (spec: MonitoringInfoSpec, labels: Measurement["labels"], payload: Uint8Array) => {
    found.push({ urn: spec.urn, type: spec.type, labels, payload });
  };
  const elements = new Map<string, number>();
  for (const step of counts.steps) {
    // All who take a PCollection see the same elements.
    elements.set(step.input, step.elements);
    for (const [name, value] of Object.entries(step.counters)) {
      const labels = { PTRANSFORM: step.transform, NAMESPACE: USER_NAMESPACE, NAME: name };
      add(userSumInt64, labels, sumInt64(value));
    }
    for (const { name, data } of step.metrics ?? []) {
      for (const part of userMetricPayloads(name, data)) {
        const labels = {
          PTRANSFORM: step.transform,
          NAMESPACE: USER_NAMESPACE,
          NAME: part.name,
        };
        add(part.spec, labels, part.payload);
      }
    }
  }
  for (const sink of counts.sinks) {
    elements.set(sink.pcollection, sink.elements);
    if (sink.sizes.count === 0) continue;
    add(sampledByteSize, { PCOLLECTION: sink.pcollection }, distributionInt64(sink.sizes));
  }
  for (const [pcollection, count] of elements) {
    add(elementCount, { PCOLLECTION: pcollection }, sumInt64(count));
  }
  for (const [transform, index] of Object.entries(counts.readIndex)) {
    add(dataChannelReadIndex, { PTRANSFORM: transform }, sumInt64(index));
    // The time of the whole bundle: steps run as one chain of calls and are not told apart.
    add(totalMsecs, { PTRANSFORM: transform }, sumInt64(Math.round(counts.elapsedMs)));
  }
  return found;
}

/** Gives each metric a short name that stays the same as long as the worker lives. */
export class ShortIds {
  private readonly ids = new Map<string, string>();
  private readonly metrics = new Map<string, Omit<Measurement, "payload">>();

  idOf({ urn, type, labels }: Measurement): string {
    const key = JSON.stringify([urn, labels]);
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.ids.size.toString(36);
      this.ids.set(key, id);
      this.metrics.set(id, { urn, type, labels });
    }
    return id;
  }

  /** What a short id stands for. */
  metricOf(id: string): Omit<Measurement, "payload"> | undefined {
    return this.metrics.get(id);
  }
}

export function sumInt64(value: number): Uint8Array {
  const out = new ByteWriter(10);
  // Counters may have been given fractions; the metric is of whole numbers.
  out.writeVarint(Math.trunc(value));
  return out.toBytes();
}

function distributionInt64({ count, sum, min, max }: Distribution): Uint8Array {
  const out = new ByteWriter(40);
  for (const value of [count, sum, min, max]) out.writeVarint(value);
  return out.toBytes();
}
