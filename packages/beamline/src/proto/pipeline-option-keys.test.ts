import { expect, test } from "vitest";
import { pipelineOptionKey, pipelineOptionName } from "./pipeline-option-keys.js";

test("pipelineOptionKey + writes camel case as snake case", () => {
  expect(pipelineOptionKey("sdkWorkerParallelism")).toBe("beam:option:sdk_worker_parallelism:v1");
});

test("pipelineOptionName + reads what pipelineOptionKey writes", () => {
  expect(pipelineOptionName("beam:option:job_name:v1")).toBe("jobName");
  expect(pipelineOptionName(pipelineOptionKey("s3Retries2"))).toBe("s3Retries2");
});

test("pipelineOptionName + leaves other keys alone", () => {
  expect(pipelineOptionName("display_data")).toBeUndefined();
});
