import { describe, expect, it } from "vitest";
import { BundleInput } from "./bundle-input.js";

const MB = 2 ** 20;

function segment(instructionId: string, size: number) {
  return { instructionId, transformId: "source", data: new Uint8Array(size), isLast: false };
}

describe("BundleInput", () => {
  it("keeps what comes before its bundle, and hands it out once", () => {
    const input = new BundleInput();
    const early = segment("a", 3);
    expect(input.arrived(early, false)).toBeUndefined();
    expect(input.arrived(segment("b", 3), false)).toBeUndefined();
    expect(input.begin("a")).toEqual([early]);
    expect(input.begin("a")).toEqual([]);
  });

  it("asks to wait when a bundle has more than it can take, until it has taken half", async () => {
    const input = new BundleInput();
    input.begin("a");
    expect(input.arrived(segment("a", 16 * MB), true)).toBeUndefined();
    const wait = input.arrived(segment("a", MB), true);
    expect(wait).toBeInstanceOf(Promise);
    input.consumed("a", 8 * MB);
    input.consumed("a", MB);
    await expect(wait).resolves.toBeUndefined();
    expect(input.arrived(segment("b", MB), true)).toBeUndefined();
  });

  it("lets nobody wait for a bundle that is over, and forgets what still comes for it", async () => {
    const input = new BundleInput();
    input.begin("a");
    const wait = input.arrived(segment("a", 20 * MB), true);
    input.end("a");
    await expect(wait).resolves.toBeUndefined();
    expect(input.arrived(segment("a", 20 * MB), false)).toBeUndefined();
    expect(input.begin("a")).toEqual([]);
  });
});
