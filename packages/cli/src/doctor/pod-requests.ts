import { parseSparkMemory } from "../manifest/memory.js";
import type { SparkApplicationSpec } from "../manifest/spark-application.js";
import { parseQuantity } from "./quantity.js";

/** What one of an application's pods asks for. */
export interface PodRequest {
  readonly role: "driver" | "executor";
  /** Pods of this kind to begin with. */
  readonly count: number;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
}

/** What an application asks of its cluster, edits of the manifest included. */
export function podRequests(spec: SparkApplicationSpec): readonly [PodRequest, PodRequest] {
  const { driver, executor, dynamicAllocation } = spec;
  return [
    { role: "driver", count: 1, ...sizeOf(driver) },
    {
      role: "executor",
      count: executor.instances ?? dynamicAllocation?.initialExecutors ?? 1,
      ...sizeOf(executor),
    },
  ];
}

interface Sized {
  readonly cores: number;
  readonly coreRequest?: unknown;
  readonly memory: string;
  readonly memoryOverhead: string;
}

function sizeOf({ cores, coreRequest, memory, memoryOverhead }: Sized) {
  const asked = typeof coreRequest === "string" ? parseQuantity(coreRequest) : cores;
  const mib = (parseSparkMemory(memory) ?? 0) + (parseSparkMemory(memoryOverhead) ?? 0);
  return { cores: asked, memory: mib * 2 ** 20 };
}
