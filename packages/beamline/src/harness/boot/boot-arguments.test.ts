import { describe, expect, it } from "vitest";
import { parseBootArguments } from "./boot-arguments.js";

describe("parseBootArguments", () => {
  it.each([
    [["--id=1-1", "--provision_endpoint=localhost:1"]],
    [["--id", "1-1", "--provision_endpoint", "localhost:1"]],
    [["-id=1-1", "-provision_endpoint", "localhost:1", "--new_flag=x", "--other"]],
  ])("reads what newer runners give: %j", (args) => {
    expect(parseBootArguments(args)).toEqual({
      workerId: "1-1",
      provision: "localhost:1",
      logging: undefined,
      artifact: undefined,
      control: undefined,
      semiPersistDir: undefined,
    });
  });

  it("reads what older runners give", () => {
    const args = [
      ...["--id=w", "--logging_endpoint=l:1", "--artifact_endpoint=a:2"],
      ...["--control_endpoint=c:3", "--semi_persist_dir=/tmp/x"],
    ];
    expect(parseBootArguments(args)).toEqual({
      workerId: "w",
      provision: undefined,
      logging: "l:1",
      artifact: "a:2",
      control: "c:3",
      semiPersistDir: "/tmp/x",
    });
  });

  it.each([
    [["--provision_endpoint=x"], "--id is missing"],
    [["--id=1"], "--provision_endpoint is missing"],
    [["--id="], "--id is missing"],
  ])("refuses %j", (args, words) => {
    expect(() => parseBootArguments(args)).toThrow(words);
  });
});
