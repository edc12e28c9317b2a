import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCredentials } from "./credentials.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-docker-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function find(host: string, config: unknown) {
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` };
  return findCredentials(host, { env });
}

function helper(name: string, script: string): void {
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test("findCredentials reads what docker login left", async () => {
  const auth = Buffer.from("me:pass:word").toString("base64");
  const config = {
    auths: {
      "reg.io:5000": { auth },
      "https://index.docker.io/v1/": { auth },
      "token.io": { identitytoken: "abc" },
    },
  };
  const me = { kind: "password", username: "me", password: "pass:word" };
  expect(await find("reg.io:5000", config)).toEqual(me);
  expect(await find("docker.io", config)).toEqual(me);
  expect(await find("token.io", config)).toEqual({ kind: "identity-token", token: "abc" });
  expect(await find("other.io", config)).toBeUndefined();
});

test("findCredentials asks Docker's helpers, with the registry on stdin", async () => {
  helper("echo", 'read -r host; echo "{\\"Username\\":\\"$1\\",\\"Secret\\":\\"for $host\\"}"');
  helper("none", 'echo "credentials not found in native keychain"; exit 1');
  helper("sick", 'echo "keychain is locked"; exit 1');
  const config = {
    credHelpers: { "a.io": "echo", "b.io": "none", "c.io": "sick", "d.io": "absent" },
    credsStore: "echo",
  };
  const asked = { kind: "password", username: "get" };
  expect(await find("a.io", config)).toEqual({ ...asked, password: "for a.io" });
  expect(await find("e.io", config)).toEqual({ ...asked, password: "for https://e.io" });
  expect(await find("b.io", config)).toBeUndefined();
  await expect(find("c.io", config)).rejects.toThrow(/keychain is locked/);
  await expect(find("d.io", config)).rejects.toThrow(/docker-credential-absent.*does not start/);
});
