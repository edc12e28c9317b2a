import { expect, test } from "vitest";
import { downloadedBytes, mavenCauses, mavenNext } from "./maven-errors.js";

const UNREACHABLE = `[INFO] Scanning for projects...
\u001b[1;31m[ERROR]\u001b[m Failed to execute goal on project x: Could not resolve dependencies for project a:x:jar:1: Could not transfer artifact b:c:jar:2 from/to central (address): Connection refused -> [Help 1]
[ERROR] 
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
[ERROR] Re-run Maven using the -X switch to enable full debug logging.
[ERROR] For more information about the errors and possible solutions, please read:
[ERROR] [Help 1] somewhere`;

test("mavenCauses keeps the lines that say why", () => {
  expect(mavenCauses(UNREACHABLE)).toEqual([
    "Failed to execute goal on project x: Could not resolve dependencies for project a:x:jar:1: " +
      "Could not transfer artifact b:c:jar:2 from/to central (address): Connection refused",
  ]);
  expect(mavenCauses("\nError: no such JVM\n")).toEqual(["Error: no such JVM"]);
  expect(mavenCauses(`[ERROR] ${"x".repeat(2000)}`)[0]?.length).toBeLessThan(700);
});

test("mavenNext tells the network from the disk and from what only the log explains", () => {
  expect(mavenNext(mavenCauses(UNREACHABLE), "x.log")).toContain("check the network");
  expect(mavenNext(["Failed to create jar: No space left on device"], "x.log")).toContain("disk");
  expect(mavenNext(["Something else"], "x.log")).toBe("see x.log");
});

test("downloadedBytes reads Maven's progress", () => {
  const line = (size: string) => `Downloaded from central: address/a.jar (${size} at 2.0 MB/s)`;
  expect(downloadedBytes(line("853 B"))).toBe(853);
  expect(downloadedBytes(`[INFO] ${line("5.1 kB")}`)).toBe(5100);
  expect(downloadedBytes(line("21 MB"))).toBe(21_000_000);
  expect(downloadedBytes("Downloading from central: address/a.jar")).toBeUndefined();
});
