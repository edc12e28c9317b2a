import { expect, test } from "vitest";
import { pipelineOptionsStruct } from "./pipeline-options.js";

test("pipelineOptionsStruct writes keys as URNs and integers as text", () => {
  const struct = pipelineOptionsStruct({
    sparkMaster: "local[2]",
    sdkWorkerParallelism: 1,
    maxBundleTimeMills: 2 ** 40,
    fraction: 0.5,
    cacheDisabled: true,
    filesToStage: ["a.jar", "b.jar"],
    labels: { team: "x" },
    notGiven: undefined,
  });
  expect(struct).toEqual({
    "beam:option:spark_master:v1": "local[2]",
    "beam:option:sdk_worker_parallelism:v1": "1",
    "beam:option:max_bundle_time_mills:v1": "1099511627776",
    "beam:option:fraction:v1": 0.5,
    "beam:option:cache_disabled:v1": true,
    "beam:option:files_to_stage:v1": ["a.jar", "b.jar"],
    "beam:option:labels:v1": { team: "x" },
  });
});
