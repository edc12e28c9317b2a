import { expect, test } from "vitest";
import { callingStep, nameFrame } from "./frame-name.js";

function step(name: string, run: () => string | undefined): () => string | undefined {
  const receive = () => run();
  nameFrame(receive, name);
  return receive;
}

test("callingStep names the innermost step on the stack", () => {
  expect(step("Outer", step("Read/Inner step", callingStep))()).toBe("Read/Inner step");
  expect(callingStep()).toBeUndefined();
});

test("callingStep leaves the way in which stacks are made as it was", () => {
  const before = [Error.stackTraceLimit, Error.prepareStackTrace];
  callingStep();
  expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual(before);
  expect(new Error("x").stack).toContain("frame-name.test.ts");
});
