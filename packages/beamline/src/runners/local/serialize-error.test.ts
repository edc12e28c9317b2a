import { describe, expect, test } from "vitest";
import { UserCodeError } from "../../exec/user-code-error.js";
import { BeamlineError } from "../../model/errors.js";
import { deserializeError, serializeError } from "./serialize-error.js";

/** What the other thread gets. */
function send(error: unknown): unknown {
  return deserializeError(structuredClone(serializeError(error)));
}

describe("serializeError", () => {
  test("keeps user code errors, with message, transform, element and causes", () => {
    const cause = new TypeError("bad", { cause: new Error("deep", { cause: "deeper" }) });
    const error = new UserCodeError("A/B", "{ n: 1 }", cause);
    const copy = send(error) as UserCodeError;
    expect(copy).toBeInstanceOf(UserCodeError);
    expect(copy).toMatchObject({
      message: error.message,
      transform: "A/B",
      element: "{ n: 1 }",
      code: "USER_CODE_FAILED",
      origin: "user",
      reason: "TypeError: bad",
    });
    expect(copy.stack).toBe(error.stack);
    expect(copy.cause).toMatchObject({ name: "TypeError", message: "bad" });
    expect((copy.cause as Error).cause).toMatchObject({ message: "deep", cause: "deeper" });
  });

  test.each([["text"], [42], [null], [undefined], [{ code: 1 }], [Symbol("s")], [() => 1]])(
    "keeps the message of an error made of the thrown value %s",
    (thrown) => {
      const error = new UserCodeError("A", "1", thrown);
      expect((send(error) as Error).message.replaceAll("'", "")).toBe(
        error.message.replaceAll("'", ""),
      );
    },
  );

  test("keeps code and origin of our errors, also inside user code errors", () => {
    const cause = new BeamlineError("ODD", "odd state", { origin: "internal" });
    expect(send(cause)).toMatchObject({ code: "ODD", origin: "internal", message: "odd state" });
    expect(send(new UserCodeError("A", undefined, cause))).toMatchObject({
      code: "ODD",
      origin: "internal",
      message: 'Cannot run "A": odd state',
    });
  });

  test("ends a cycle of causes", () => {
    const error = new Error("round");
    error.cause = error;
    expect(send(error)).toMatchObject({ message: "round" });
  });
});
