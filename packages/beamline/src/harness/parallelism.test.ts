import { expect, test } from "vitest";
import { parallelismIn } from "./parallelism.js";

const OURS = "beam:option:beamline_parallelism:v1";
const FLINKS = "beam:option:parallelism:v1";

test.each([
  [{ [OURS]: "12" }, 12],
  [{ [OURS]: "12", [FLINKS]: "4" }, 12],
  [{ [FLINKS]: 4 }, 4],
  [{ [FLINKS]: "-1" }, undefined],
  [{ [OURS]: "many" }, undefined],
  [{ [OURS]: null }, undefined],
  [{}, undefined],
  [undefined, undefined],
])("parallelismIn takes the job's own number: %j is %s", (options, expected) => {
  expect(parallelismIn(options)).toBe(expected);
});
