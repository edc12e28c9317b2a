import { expect, test } from "vitest";
import { completeLock, recordedAddresses } from "./lock-file.mjs";

const PARENT = {
  version: "1.2.3",
  dev: true,
  license: "MIT",
  optionalDependencies: {
    "@tool/cli-linux-x64": "1.2.3",
    "@tool/cli-linux-arm-musleabihf": "1.2.3",
    "@tool/cli-darwin-arm64": "1.2.3",
    fsevents: "~2.3.3",
  },
};

test("completeLock adds the platform packages that a parent names and the lock lacks", () => {
  const there = { version: "1.2.3", optional: true };
  const packages = { "node_modules/tool": PARENT, "node_modules/@tool/cli-linux-x64": there };
  const { lock, added } = completeLock({ packages });
  expect(added).toEqual([
    "node_modules/@tool/cli-darwin-arm64",
    "node_modules/@tool/cli-linux-arm-musleabihf",
  ]);
  expect(lock.packages["node_modules/@tool/cli-linux-x64"]).toBe(there);
  expect(lock.packages["node_modules/@tool/cli-linux-arm-musleabihf"]).toEqual({
    version: "1.2.3",
    cpu: ["arm"],
    dev: true,
    libc: ["musl"],
    license: "MIT",
    optional: true,
    os: ["linux"],
  });
});

test("completeLock adds nothing to what it has completed", () => {
  const { lock } = completeLock({ packages: { "node_modules/tool": PARENT } });
  expect(completeLock(lock)).toEqual({ lock, added: [] });
});

test("recordedAddresses finds registry addresses and leaves workspace links alone", () => {
  const packages = {
    "node_modules/a": { version: "1.0.0", resolved: "somewhere/a.tgz" },
    "node_modules/b": { version: "1.0.0" },
    "node_modules/own": { resolved: "packages/own", link: true },
  };
  expect(recordedAddresses({ packages })).toEqual(["node_modules/a"]);
});
