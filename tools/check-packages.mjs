// Packs the packages and uses them as a stranger would: installed from the tarballs into an empty
// folder outside the checkout. Needs a finished `npm run build`.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkExports, checkWordCount, installConsumer } from "./packages/consumer.mjs";
import { checkContents } from "./packages/contents.mjs";
import { pack } from "./packages/pack.mjs";
import { checkManifest, checkTypes } from "./packages/types.mjs";

const PACKAGES = ["packages/beamline", "packages/cli"];

/**
 * @param {string} base
 * @param {string} folder
 * @param {string} scratch
 */
async function checkPacked(base, folder, scratch) {
  const packed = await pack(join(base, folder), scratch);
  const problems = [
    ...checkContents(packed),
    ...(await checkManifest(packed)),
    ...(await checkTypes(packed)),
  ];
  if (packed.files.includes("LICENSE")) {
    const own = readFileSync(join(base, folder, "LICENSE"), "utf8");
    const common = readFileSync(join(base, "LICENSE"), "utf8");
    if (own !== common) problems.push("LICENSE differs from the repository's");
  }
  return { packed, problems: problems.map((problem) => `${packed.name}: ${problem}`) };
}

/**
 * @param {string} base
 * @param {string} scratch
 */
async function check(base, scratch) {
  const checked = [];
  for (const folder of PACKAGES) checked.push(await checkPacked(base, folder, scratch));
  const packages = checked.map(({ packed }) => packed);
  const consumer = join(scratch, "consumer");
  mkdirSync(consumer);
  const problems = checked.flatMap((each) => each.problems);
  try {
    await installConsumer(base, consumer, packages);
    problems.push(...(await checkExports(base, consumer, packages)));
    problems.push(...(await checkWordCount(base, consumer)));
  } catch (error) {
    problems.push(String(error));
  }
  return problems;
}

const scratch = mkdtempSync(join(realpathSync(tmpdir()), "beamline-packages-"));
try {
  const problems = await check(dirname(import.meta.dirname), scratch);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true });
}
