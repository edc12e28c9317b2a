import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { beamline } from "./support/command-line.js";

/** In the checkout, where `beamline` is found. */
const HERE = fileURLToPath(new URL("../.beamline/", import.meta.url));

const SOURCE = `import { definePipeline } from "beamline";

interface Work {
  readonly rounds: number;
}

export function burn({ rounds }: Work): number {
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum += Math.sqrt(i ^ (sum & 0xff));
  return sum;
}

export default definePipeline({
  name: "burns",
  build(p) {
    p.create(Array.from({ length: 24 }, () => ({ rounds: 20_000_000 }))).map("Burn", burn);
  },
});
`;

let folder = "";
let pipeline = "";
beforeAll(() => {
  mkdirSync(HERE, { recursive: true });
  folder = realpathSync(mkdtempSync(join(HERE, "profile-")));
  pipeline = join(folder, "burns.ts");
  writeFileSync(pipeline, SOURCE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

function framesOf(file: string): readonly CallFrame[] {
  const profile = JSON.parse(readFileSync(file, "utf8"));
  expect(profile.samples.length).toBe(profile.timeDeltas.length);
  return profile.nodes.map(({ callFrame }: { readonly callFrame: CallFrame }) => callFrame);
}

test("run --profile writes a CPU profile of each thread, in which functions stand in their sources", async () => {
  const argv = ["run", "burns.ts", "--workers", "2", "--profile", "prof", "--json"];
  const { code, stdout, stderr } = await beamline(argv, { cwd: folder });
  expect(stderr).not.toContain("Cannot");
  expect(code).toBe(0);
  const { profiles, hottest } = JSON.parse(stdout);
  expect(profiles.map((file: string) => basename(file)).sort()).toEqual(
    readdirSync(join(folder, "prof")).sort(),
  );
  expect(profiles.map((file: string) => file.replace(/^.*T\d{6}-/, ""))).toEqual([
    "main.cpuprofile",
    "worker-1.cpuprofile",
    "worker-2.cpuprofile",
  ]);
  for (const file of profiles) {
    expect(framesOf(join(folder, file))).toContainEqual(
      expect.objectContaining({
        functionName: "burn",
        url: pathToFileURL(pipeline).href,
        lineNumber: 6,
      }),
    );
  }
  expect(hottest[0]).toMatchObject({ name: "burn", file: pipeline, line: 7 });
  expect(hottest[0].share).toBeGreaterThan(0.5);
});

test("run --profile lists the functions that took most time, and names the files", async () => {
  const argv = ["run", "burns.ts", "--workers", "1", "--profile", join(folder, "one")];
  const { code, stderr } = await beamline(argv, { cwd: folder });
  expect(code).toBe(0);
  expect(stderr).toMatch(
    / {2}function +self +share\n {2}burn {2}burns\.ts:7 +[\d.]+ m?s +\d+\.\d%\n/,
  );
  expect(stderr).toMatch(/CPU profiles in one: burns-[\dT-]+-main\.cpuprofile\n/);
});

test("run --profile says when the folder can't be made", async () => {
  const argv = ["run", "burns.ts", "--profile", join(pipeline, "prof")];
  const { code, stderr } = await beamline(argv, { cwd: folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(/Cannot write profiles to ".*burns\.ts\/prof": .*; name another folder/);
});
