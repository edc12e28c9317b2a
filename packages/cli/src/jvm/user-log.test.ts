import { expect, test } from "vitest";
import { userLogOf } from "./user-log.js";

test("userLogOf reads the step and the message, with its quotes and lines", () => {
  const line = String.raw`BEAMLINE-LOG {"logger":"beamline.user.Read/Parse.v2","message":"say \"so\"\nand so"}`;
  expect(userLogOf(line)).toEqual({ step: "Read/Parse.v2", message: 'say "so"\nand so' });
});

test("userLogOf knows no step of what is logged outside of one", () => {
  const line = 'BEAMLINE-LOG {"logger":"beamline.user","message":"hello "}';
  expect(userLogOf(line)).toEqual({ step: undefined, message: "hello" });
});

test.each(["12:00:00.000 WARN Utils: BEAMLINE-LOG {}", "BEAMLINE-LOG {", "BEAMLINE-LOG {}", ""])(
  "userLogOf leaves other lines alone: %s",
  (line) => {
    expect(userLogOf(line)).toBeUndefined();
  },
);
