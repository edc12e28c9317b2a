import { expect, test } from "vitest";
import { parseChallenge } from "./challenge.js";

test("parseChallenge reads what registries ask for", () => {
  expect(
    parseChallenge(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    ),
  ).toEqual({
    kind: "bearer",
    realm: "https://auth.docker.io/token",
    service: "registry.docker.io",
    scope: "repository:a/b:pull,push",
  });
  expect(parseChallenge('Basic realm="x"')).toEqual({ kind: "basic" });
  expect(parseChallenge("bearer realm=https://x/token")).toEqual({
    kind: "bearer",
    realm: "https://x/token",
  });
  for (const unknown of [null, "", "Negotiate", "Bearer service=x"]) {
    expect(parseChallenge(unknown)).toBeUndefined();
  }
});
